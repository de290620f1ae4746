"""A problem becomes an incident: by a person in a browser, by a machine that saw it."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from foundation.refs import next_number
from incidents import glance
from incidents.clocks import timing
from incidents.lifecycle import followers, lifecycle
from incidents.lifecycle.transitions import check_reported
from incidents.models import Incident, Mode, Participant, Status
from incidents.roles import vacancies
from incidents.telling import escalation, telling
from incidents.timeline import timeline
from incidents.work import boxes
from live import bus
from products.models import Product, Severity
from products.vocabulary import EventKind

# Seen longer ago than this, a problem is a slip of the year, or told in retrospect.
OLDEST = timedelta(days=366)


def declare(
    product: Product,
    *,
    by: User | None,
    title: str,
    severity: Severity | None = None,
    detected_at: datetime | None = None,
    at: datetime | None = None,
    source: str = "",
    label: str = "",
    **facts: Any,
) -> Incident:
    """Open an incident on `product`; its clocks run from `detected_at` (C14).

    `facts` are columns of it: mode, private, target, impact …; `source` and `label` say who, when no person does.
    With a severity from a person it is active at once; "not sure" and machines begin in triage at the worst one.
    Raises ValidationError for a severity of another process, an archived product, or a detection in the
    future or more than a year ago.
    """
    proposed = _checked(product, severity or product.severities().first())
    with transaction.atomic():
        now = at or moment.now()
        _check_detection(detected_at, now, facts.get("mode"))
        check_reported(facts.get("reported_at"), now)
        incident = Incident(
            number=next_number("INC"),
            title=title,
            product=product,
            process_version=product.process.current or proposed.version,
            severity=proposed,
            status=Status.ACTIVE if severity and by else Status.TRIAGE,
            detected_at=detected_at or now,
            declared_at=now,
            declared_by=by,
            **facts,
        )
        with glance.held(incident, moment.now() if at else now), bus.gathered():
            _begin(incident, by, now, {"source": source, "label": label, "sure": severity is not None})
    crashpoint("verb.declared")
    return incident


def _begin(incident: Incident, by: User | None, now: datetime, how: dict[str, Any]) -> None:
    """The row, the first event of its timeline, and what follows from it: clocks, open pages, messages."""
    glance.know(incident, glance.REOPENED, None)
    glance.know(incident, "assignments", [])
    incident.save(force_insert=True)
    if by:
        Participant.objects.create(incident=incident, user=by)
    crashpoint("verb.opened")
    if incident.reported_at:
        how["reported_at"] = incident.reported_at.isoformat()
    event = timeline.record(
        incident,
        EventKind.DECLARED,
        by=by,
        at=now,
        title=incident.title,
        severity=incident.severity.label,
        detected_at=incident.detected_at.isoformat(),
        **how,
    )
    crashpoint("verb.opening_recorded")
    timing.follow(incident, event)
    boxes.start(incident, event)
    lifecycle.announce(incident)
    telling.after(incident, event)
    vacancies.follow(incident, event)
    followers.tell(incident, event)
    escalation.follow(incident, event)
    crashpoint("verb.opening_told")


def _check_detection(detected_at: datetime | None, now: datetime, mode: str | None) -> None:
    if detected_at is None:
        return
    if detected_at > now:
        raise ValidationError({"detected_at": _("This is in the future. When was the problem first seen?")})
    if now - detected_at > OLDEST and mode != Mode.RETROSPECTIVE:
        raise ValidationError(
            {"detected_at": _("This is more than a year ago. Check the year, or leave it empty for now.")}
        )


def _checked(product: Product, severity: Severity | None) -> Severity:
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
    return severity
