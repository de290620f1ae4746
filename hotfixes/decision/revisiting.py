"""Looking again at a decision: in 15 minutes. Told once to who decided, loud on the card until it is done.

`Decision.revisit_at` is the whole memory of it: whoever gets the row tells, a crash in between changes nothing.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment, rounds
from foundation.crash import crashpoint
from hotfixes.decision import telling
from hotfixes.models import Decision
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import OPEN, Incident, TimelineEvent
from incidents.telling import notice, recipients
from products.vocabulary import EventKind

AFTER = timedelta(minutes=15)
LOOK_AGAIN = Step(EventKind.NOTED, OPEN)


def revisit(decision: Decision, *, by: User) -> TimelineEvent:
    """Tell me again in 15 minutes from now. Raises TooLate, or ValidationError when another decision stands."""
    with transaction.atomic():
        incident, row = _held(decision)
        at = moment.now() + AFTER
        event = perform(
            incident, LOOK_AGAIN, by=by, number=row.number, revisit_at=notice.time_of(incident, at),
            revisit_shown=notice.time_of(incident, at),
        )  # fmt: skip
        Decision.objects.filter(pk=row.pk).update(revisit_at=at, revisit_told_at=None)
        return event


def stands(decision: Decision, *, by: User) -> TimelineEvent:
    """Looked at again, and it is right as it is."""
    with transaction.atomic():
        incident, row = _held(decision)
        event = perform(incident, LOOK_AGAIN, by=by, looked_again=row.number)
        Decision.objects.filter(pk=row.pk).update(revisit_at=None, revisit_told_at=None)
        return event


def tell_due(limit: int = 100) -> int:
    """The sweep: who decided is told that the time is over; returns how many."""
    due = waiting().filter(revisit_at__lte=moment.now()).order_by("revisit_at")
    return rounds.each("revisits", sorted(due.values_list("pk", flat=True)[:limit]), _tell)


def next_due() -> datetime | None:
    """When the next one is due, for the ticker's sleep."""
    return waiting().order_by("revisit_at").values_list("revisit_at", flat=True).first()


def waiting() -> models.QuerySet[Decision]:
    """Asked for, not told yet, of a decision that stands on an incident that is open."""
    rows = Decision.objects.filter(revisit_at__isnull=False, revisit_told_at=None, superseded_at=None)
    return rows.filter(incident__status__in=OPEN)


def _tell(pk: int) -> int:
    with transaction.atomic():
        free = Incident.objects.select_for_update(skip_locked=True, of=("self",))
        incident = free.select_related("product__team", "severity").filter(decisions=pk).first()
        if incident is None:
            return 0
        crashpoint("sweep.revisit_claimed")
        now = moment.now()
        row = waiting().filter(pk=pk, revisit_at__lte=now).select_related("by", "event").first()
        if row is None or row.revisit_at is None:
            return 0
        Decision.objects.filter(pk=pk).update(revisit_told_at=now)
        if row.event.recorded_at < recipients.opened_at(incident):
            return 0  # it was opened again since: that one stands no more
        about = f"{incident.ref}/decision.{row.number}.{row.revisit_at:%Y%m%d%H%M%S}"
        telling.revisit(incident, about, row.by, row.words)
        crashpoint("sweep.revisit_told")
        return 1


def _held(decision: Decision) -> tuple[Incident, Decision]:
    """Both, the incident locked."""
    incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=decision.incident_id)
    row = incident.decisions.filter(pk=decision.pk, superseded_at=None).first()
    if row is None:
        raise ValidationError(_("Another decision stands by now."))
    return incident, row
