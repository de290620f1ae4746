"""The verbs `review` and `reopen_report`: a person stands for the report, and what they read is kept."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from foundation import moment
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import Incident, Status, TimelineEvent
from products.vocabulary import EventKind
from review import answers, evidence, report
from review.hold import held
from review.models import Postmortem, State
from review.refusals import OVER, PUBLISH, Refused

REOPEN = Step(EventKind.NOTED, tuple(Status))


def seen(incident: Incident, found: Postmortem | None) -> str:
    """What a reviewer has read of people's words: changed since, they read again."""
    return evidence.digest({"answers": answers.current(incident, found)})


def review(incident: Incident, *, by: User, seen: str = "", at: datetime | None = None) -> TimelineEvent:
    """`by` stands for it: people's words and the evidence as it is now are kept, their digest goes on the timeline.

    Whether somebody else than the writer reviewed it is on record. Raises TooLate, Refused, ValidationError.
    """
    with transaction.atomic():
        found = held(incident)
        if incident.status not in OVER:
            raise Refused(incident, _("It is not over yet: resolve it first."))
        if found.is_reviewed:
            raise TooLate(incident, PUBLISH)
        _check(incident, found, seen)
        now = at or moment.now()
        incident = Incident.objects.for_page().get(pk=incident.pk)
        found.incident = incident
        kept = report.snapshot(incident, found, now)
        found.state, found.reviewed_by, found.reviewed_at = State.REVIEWED, by, now
        found.snapshot, found.digest = kept, evidence.digest(kept)
        own = answers.own_work(found)
        event = perform(
            incident, PUBLISH, by=by, at=now,
            digest=found.digest, own=own, wrote=", ".join(answers.writers(found)),
        )  # fmt: skip
        found.event = event
        found.save(update_fields=["state", "reviewed_by", "reviewed_at", "snapshot", "digest", "event"])
        return event


def _check(incident: Incident, found: Postmortem, read: str) -> None:
    left = answers.left(incident, found)
    if left:
        words = ngettext("%(n)s question is not answered yet.", "%(n)s questions are not answered yet.", left)
        raise Refused(incident, words % {"n": left})
    if read and read != seen(incident, found):
        raise ValidationError(_("Somebody has changed an answer since you looked. Read it again."))


def reopen_report(incident: Incident, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """It is not right, or not all: people's words can be changed again. What was reviewed is let go."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})
    with transaction.atomic():
        found = held(incident)
        if not found.is_reviewed:
            raise Refused(incident, _("This report is open."))
        found.state, found.snapshot, found.digest = State.IN_PROGRESS, None, ""
        found.reviewed_by = found.reviewed_at = found.event = None
        found.save(update_fields=["state", "snapshot", "digest", "reviewed_by", "reviewed_at", "event"])
        return perform(incident, REOPEN, by=by, at=at, text=reason.strip(), report="reopened")
