"""A hotfix that made it worse (A37): said by a person, or shown by the watch and the smoke tests. Leads to deciding."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from hotfixes.models import Hotfix
from incidents.lifecycle import setbacks, transitions
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident, Status, TimelineEvent
from incidents.work.checklist import check_reason
from incidents.work.report import REPORTED_IN, check_moment
from products.vocabulary import EventKind

SHOWN_BY = tuple(EventKind(kind) for kind in setbacks.ANSWERED_BY)
_WELL = (EventKind.WATCH_OPENED, EventKind.WATCH_MET, EventKind.SMOKE_PASSED)


def regress(hotfix: Hotfix, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """It got worse, and how. What was resolved is opened again. Raises ValidationError where it is over for good."""
    check_reason(reason)
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
        if incident.status not in REPORTED_IN:
            words = {"ref": incident.ref, "status": incident.get_status_display()}
            raise ValidationError(
                _("%(ref)s is %(status)s. Declare what is wrong now as a new incident.") % words
            )
        check_moment(incident, at)
        if incident.status == Status.RESOLVED:
            transitions.reopen(incident, by=by, reason=reason)
            incident.read_again()
        to = Status.ACTIVE if incident.status == Status.MONITORING else None
        step = Step(EventKind.REGRESSED, REPORTED_IN, to)
        return perform(incident, step, by=by, at=at, text=reason.strip(), hotfix=hotfix.ref)


def may_be(hotfix: Hotfix) -> bool:
    """Only what was brought out and is still there can have made something worse, and only while its incident is not
    closed.
    """
    incident = hotfix.incident
    there = hotfix.taken_back_at is None and incident.status in REPORTED_IN
    return there and hotfix.was_out()


def regression(hotfix: Hotfix) -> TimelineEvent | None:
    """The last entry that shows it, unless something was deployed or brought back since, or all is well again."""
    kinds = [*SHOWN_BY, *_WELL, EventKind.DEPLOYED, EventKind.ROLLED_BACK]
    rows = hotfix.incident.events.filter(kind__in=kinds, seq__gt=hotfix.begun_seq)
    told = rows.select_related("actor", "payload").order_by("-seq")
    well: set[str] = set()
    for event in filter(hotfix.is_meant, told):
        is_mine = (event.subject or str(event.data.get("hotfix") or hotfix.ref)) == hotfix.ref
        if event.kind in _WELL:
            well |= {event.kind} if is_mine else set()
        elif event.kind not in SHOWN_BY or not is_mine:
            return None
        elif well.isdisjoint(setbacks.ANSWERED_BY[event.kind]):
            return event
    return None
