"""What people do to the boxes of an incident: done (in their words, with a link), not needed and why, open again.

A box that waits for an event (`merged`) is ticked by it, and ticking it by hand states that event: clocks, steps and
boxes never tell two stories (K99–K117).
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.blobs import Upload
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import Box, ChecklistItem, Incident, Status, TimelineEvent
from incidents.models.checklist import Ticked
from incidents.work import boxes
from incidents.work.boxes import KEPT, empty, items, mark
from incidents.work.report import REPORTED_IN, SAID, check_address, possible, report
from products.vocabulary import EventKind

__all__ = ["about", "attest", "hold", "items", "not_needed", "tick", "untick"]

ATTEST = Step(EventKind.ATTESTED, REPORTED_IN)
REOPEN = Step(EventKind.CHECK_CHANGED, REPORTED_IN)


class BoxTooLate(TooLate):
    """The box is in that state already; `last` is the event that put it there."""

    def __init__(self, incident: Incident, step: Step, box: Ticked) -> None:
        super().__init__(incident, step)
        self._event = box.done_by_event

    @property
    def last(self) -> TimelineEvent | None:
        return self._event or super().last


def attest(
    incident: Incident,
    position: int,
    *,
    by: User,
    text: str = "",
    url: str = "",
    file: Upload | None = None,
    at: datetime | None = None,
) -> TimelineEvent:
    """`by` says that it is done, with words, a link and a file if there are any."""
    if url:
        check_address(url)
    with transaction.atomic():
        box = hold(incident, position)
        if not box.is_open:
            raise BoxTooLate(incident, ATTEST, box)
        event = _state(incident, box, by=by, text=text, url=url, file=file, at=at)
        box.refresh_from_db()
        mark(box, Box.DONE, event)
        box.save(update_fields=KEPT)
        return event


def tick(incident: Incident, position: int, *, by: User, at: datetime | None = None) -> TimelineEvent:
    """Done, without a word."""
    return attest(incident, position, by=by, at=at)


def not_needed(
    incident: Incident, position: int, *, by: User, reason: str, at: datetime | None = None
) -> TimelineEvent:
    """It does not apply here, and why; never without a reason."""
    check_reason(reason)
    with transaction.atomic():
        box = hold(incident, position)
        if box.state == Box.NOT_NEEDED:
            raise BoxTooLate(incident, ATTEST, box)
        facts = about(box, Box.NOT_NEEDED)
        event = perform(incident, ATTEST, by=by, at=at, text=reason.strip(), **facts)
        mark(box, Box.NOT_NEEDED, event)
        box.save(update_fields=KEPT)
        return event


def untick(
    incident: Incident, position: int, *, by: User, reason: str = "", at: datetime | None = None
) -> TimelineEvent:
    """It was not done after all. What had been said of it stays on the timeline."""
    with transaction.atomic():
        box = hold(incident, position)
        if box.is_open:
            raise BoxTooLate(incident, REOPEN, box)
        event = perform(incident, REOPEN, by=by, at=at, text=reason.strip(), **about(box, Box.OPEN))
        empty(box)
        box.save(update_fields=KEPT)
        return event


def hold(incident: Incident, position: int) -> ChecklistItem:
    """The box, its incident locked. ValidationError when there is none of this number."""
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    boxes.keep(incident)
    box = incident.checklist.select_related("done_by_event__actor").filter(position=position).first()
    if box is None:
        count = incident.checklist.count()
        raise ValidationError({"position": _("The checklist has %(n)s boxes.") % {"n": count}})
    return box


def about(box: ChecklistItem, state: str) -> dict[str, Any]:
    """What an event says of a box."""
    return {"item": box.position, "title": box.title, "state": str(state)}


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})


def _state(incident: Incident, box: ChecklistItem, *, by: User, **facts: Any) -> TimelineEvent:
    """The event that the box waits for, if a person can state it; else that they say so."""
    if incident.status == Status.TRIAGE and EventKind.SEVERITY_CONFIRMED in box.done_on:
        return transitions.confirm_severity(incident, by=by, **shown(facts))
    kinds = list(incident.events.order_by("seq").values_list("kind", flat=True))
    for kind in box.done_on:
        if kind in SAID and possible(kind, kinds):
            return report(incident, kind, by=by, **facts)
    return perform(incident, ATTEST, by=by, **shown(facts), **about(box, Box.DONE))


def shown(facts: dict[str, Any]) -> dict[str, Any]:
    """What came with a tick as an event takes it: words trimmed, and no link where there is none."""
    found = {name: value for name, value in facts.items() if name != "url" or value}
    return found | {"text": facts["text"].strip()}
