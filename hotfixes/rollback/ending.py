"""How a rollback ends: done, or given up with a reason, or replaced by another decision."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from hotfixes.models import Rollback
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import Incident, TimelineEvent
from incidents.work.checklist import check_reason
from incidents.work.report import REPORTED_IN
from products.vocabulary import EventKind

END = Step(EventKind.CHECK_CHANGED, REPORTED_IN)


class Ended(TooLate):
    """It has ended already."""

    def __init__(self, incident: Incident, rollback: Rollback) -> None:
        super().__init__(incident, END)
        self.rollback = rollback

    @property
    def words(self) -> str:
        words = {"ref": self.rollback.ref, "status": self.rollback.get_status_display()}
        return _("%(ref)s is %(status)s.") % words


def abandon(rollback: Rollback, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """It does not go on, and why. Raises Ended, TooLate, ValidationError."""
    check_reason(reason)
    with transaction.atomic():
        incident = _held(rollback)
        event = perform(incident, END, by=by, at=at, text=reason.strip(), hotfix=rollback.ref, abandoned=True)
        _end(rollback, Rollback.Status.ABANDONED, event.occurred_at)
        return event


def done(rollback: Rollback, *, by: User, text: str = "", at: datetime | None = None) -> TimelineEvent:
    """Nothing is left to do for it. Only once the version before is back. Raises Ended, TooLate, ValidationError."""
    with transaction.atomic():
        incident = _held(rollback)
        if rollback.back_at is None:
            raise ValidationError(_("Nobody has said yet that the version before is back."))
        event = perform(incident, END, by=by, at=at, text=text.strip(), hotfix=rollback.ref, ended=True)
        _end(rollback, Rollback.Status.DONE, event.occurred_at)
        return event


def replaced(rollback: Rollback, event: TimelineEvent) -> None:
    """Somebody has decided otherwise: `event` says what. In that decision's transaction. What was brought back was."""
    _end(rollback, _status(rollback), event.occurred_at)


def with_incident(rollback: Rollback) -> None:
    """Its incident is over: done where the version before came back, else there is nothing to go back from."""
    _end(rollback, _status(rollback), moment.now())


def _status(rollback: Rollback) -> Rollback.Status:
    return Rollback.Status.DONE if rollback.back_at else Rollback.Status.ABANDONED


def _held(rollback: Rollback) -> Incident:
    incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=rollback.incident_id)
    rollback.refresh_from_db(fields=["status", "back_at"])
    if not rollback.is_open:
        raise Ended(incident, rollback)
    return incident


def _end(rollback: Rollback, status: Rollback.Status, at: datetime) -> None:
    rollback.status, rollback.ended_at = status, max(at, rollback.started_at)
    rollback.save(update_fields=["status", "ended_at"])
    crashpoint("verb.rollback_ended")
