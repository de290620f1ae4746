"""A problem becomes an incident: by a person in a browser, by a machine that saw it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from foundation.refs import next_number
from incidents import lifecycle, telling, timeline, timing
from incidents.models import Incident, Mode, Participant, Status
from monitoring.models import Target
from products.models import Product, Severity
from products.vocabulary import EventKind


def declare(
    product: Product,
    *,
    by: User | None,
    title: str,
    severity: Severity | None = None,
    detected_at: datetime | None = None,
    at: datetime | None = None,
    mode: str = Mode.LIVE,
    private: bool = False,
    target: Target | None = None,
    source: str = "",
    label: str = "",
    **facts: Any,
) -> Incident:
    """Open an incident on `product`; its clocks run from `detected_at` (C14).

    With a severity from a person it is active at once; "not sure" and machines begin in triage at the worst one.
    Raises ValidationError for a severity of another process, an archived product, or a detection in the future.
    """
    proposed = severity or product.severities().first()
    _check(product, proposed)
    if proposed is None:  # _check has raised; this tells the type checker
        raise AssertionError
    with transaction.atomic():
        now = at or moment.now()
        if detected_at and detected_at > now:
            raise ValidationError(
                {"detected_at": _("This is in the future. When was the problem first seen?")}
            )
        incident = Incident(
            number=next_number("INC"),
            title=title,
            product=product,
            process_version=proposed.version,
            severity=proposed,
            status=Status.ACTIVE if severity and by else Status.TRIAGE,
            mode=mode,
            private=private,
            detected_at=detected_at or now,
            declared_at=now,
            declared_by=by,
            target=target,
            **facts,
        )
        incident.save(force_insert=True)
        crashpoint("verb.opened")
        if by:
            Participant.objects.create(incident=incident, user=by)
        event = timeline.record(
            incident,
            EventKind.DECLARED,
            by=by,
            at=now,
            source=source,
            label=label,
            title=title,
            severity=proposed.label,
            sure=severity is not None,
            detected_at=incident.detected_at.isoformat(),
        )
        crashpoint("verb.opening_recorded")
        timing.follow(incident, event)
        lifecycle.announce(incident)
        telling.after(incident, event)
        crashpoint("verb.opening_told")
    crashpoint("verb.declared")
    return incident


def _check(product: Product, severity: Severity | None) -> None:
    if product.archived_at:
        raise ValidationError(
            {"product": _("%(product)s is archived. Choose another product.") % {"product": product}}
        )
    if severity is None:
        raise ValidationError({"product": _("The process of this product has no severities yet.")})
    if severity.version_id != product.process.current_id:
        raise ValidationError(
            {
                "severity": _("%(severity)s belongs to another process. Choose one of this product's.")
                % {"severity": severity}
            }
        )
