"""The steps of the process on one incident: which are done, which is next, and saying that one is (K145, A16).

A step is done when its event has happened, when its boxes are, or when a person says so; a step that depends on a
question may be answered "not needed", with the reason (A28).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.blobs import Upload
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import TooLate, perform
from incidents.models import Box, ChecklistItem, Incident, Status, StepMark, TimelineEvent
from incidents.work import boxes, checklist, work
from incidents.work.report import SAID, check_address, possible, report
from incidents.work.stated import ASKED_AGAIN
from incidents.work.work import Work
from products.vocabulary import EventKind

# The latest of these says whether a fix runs; what of it happened shows that everything before it is behind.
RUNS = (
    EventKind.DEPLOYED, EventKind.DEPLOY_FAILED, EventKind.ROLLED_BACK, EventKind.TAKEN_BACK, EventKind.REOPENED,
)  # fmt: skip
MILESTONES = frozenset({EventKind.DEPLOYED, EventKind.SMOKE_PASSED})


@dataclass(frozen=True)
class StepView:
    """`state` is open, done or not_needed; at most one open step is `current`. `spec` is the process's own words.

    `afterwards`: it is open, and what comes later in the process has happened all the same: to be entered, not to be
    done before anything else.
    """

    number: int
    spec: dict[str, Any]
    state: str
    boxes: list[ChecklistItem]
    event: TimelineEvent | None = None
    said: str = ""
    current: bool = False
    afterwards: bool = False

    @property
    def key(self) -> str:
        return str(self.spec["key"])

    @property
    def title(self) -> str:
        return str(self.spec["title"])

    @property
    def phase(self) -> str:
        return self.spec.get("phase") or ""

    @property
    def is_open(self) -> bool:
        return self.state == Box.OPEN

    @property
    def open_boxes(self) -> list[ChecklistItem]:
        return [box for box in self.boxes if box.is_open]

    @property
    def kind(self) -> str:
        """The event that a person states to finish it; empty if there is none."""
        return next((kind for kind in self.spec.get("done_on", []) if kind in SAID), "")

    @property
    def asked_again(self) -> bool:
        return self.kind in ASKED_AGAIN

    @property
    def message(self) -> str:
        """The message that finishes it by being sent."""
        events = [event.partition(":") for event in self.spec.get("done_on", [])]
        return next((key for kind, _colon, key in events if kind == EventKind.MESSAGE_SENT), "")

    @property
    def label(self) -> str:
        """What the button that finishes it says."""
        return str(SAID[self.kind]) if self.kind else _("Done")


class StepTooLate(TooLate):
    """Somebody was faster: `last` is what finished the step, or opened it again."""

    def __init__(self, incident: Incident, event: TimelineEvent | None) -> None:
        super().__init__(incident, checklist.ATTEST)
        self._event = event

    @property
    def last(self) -> TimelineEvent | None:
        return self._event


def steps(incident: Incident, known: Work | None = None) -> list[StepView]:
    """In the order of the process."""
    known = known or work.read(incident)
    found: list[StepView] = []
    for number, spec in enumerate(known.document.get("steps") or [], start=1):
        state, event, said = _state(known, spec)
        mine = [box for box in known.boxes if box.step == spec["key"]]
        found.append(StepView(number, spec, state, mine, event, said))
    reached = _reached(known, found)
    found = [
        replace(step, afterwards=step.is_open and not step.message and step.number < reached)
        for step in found
    ]
    first = next((step.number for step in found if step.is_open and not step.afterwards), 0)
    return [replace(step, current=step.number == first) for step in found]


def _reached(known: Work, found: list[StepView]) -> int:
    """The number of the last step that a running fix shows to be done; 0 while none runs."""
    last = known.story.last(*RUNS)
    if last is None or last.kind != EventKind.DEPLOYED:
        return 0
    done = [
        step for step in found if step.state == Box.DONE and MILESTONES & set(step.spec.get("done_on") or [])
    ]
    return done[-1].number if done else 0


def next_step(incident: Incident, known: Work | None = None) -> StepView | None:
    """The one that comes next; None when all are done, or only to be entered afterwards."""
    return next((step for step in steps(incident, known) if step.current), None)


def finish(
    incident: Incident,
    key: str,
    *,
    by: User,
    text: str = "",
    url: str = "",
    file: Upload | None = None,
    at: datetime | None = None,
) -> TimelineEvent:
    """The step is done, says `by`: its event is stated, or its boxes are ticked, or there is only the person's word."""
    with transaction.atomic():
        step = _hold(incident, key)
        if not step.is_open:
            raise StepTooLate(incident, step.event)
        if step.message:
            raise ValidationError(
                _("This step is done when its message is sent. Say there where you sent it.")
            )
        return _state_it(incident, step, by=by, text=text, url=url, file=file, at=at)


def skip(incident: Incident, key: str, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """ "If needed": it is not, and why. Its boxes are then not needed either."""
    checklist.check_reason(reason)
    with transaction.atomic():
        step = _hold(incident, key)
        if not step.is_open:
            raise StepTooLate(incident, step.event)
        if not step.spec.get("if_needed"):
            raise ValidationError(_("The process always asks for this step."))
        event = _mark(incident, step, Box.NOT_NEEDED, by=by, at=at, text=reason.strip())
        for box in step.open_boxes:
            boxes.mark(box, Box.NOT_NEEDED, event)
            box.save(update_fields=boxes.KEPT)
        return event


def _hold(incident: Incident, key: str) -> StepView:
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    boxes.keep(incident)
    found = next((step for step in steps(incident) if step.key == key), None)
    if found is None:
        raise ValidationError({"step": _("The process of this incident has no such step.")})
    return found


def _state_it(incident: Incident, step: StepView, *, by: User, **facts: Any) -> TimelineEvent:
    kinds = list(incident.events.order_by("seq").values_list("kind", flat=True))
    if step.kind and possible(step.kind, kinds):
        return report(incident, step.kind, by=by, **facts)
    if incident.status == Status.TRIAGE and EventKind.SEVERITY_CONFIRMED in step.spec.get("done_on", []):
        return transitions.confirm_severity(incident, by=by, **checklist.shown(facts))
    if not step.open_boxes:
        return _mark(incident, step, Box.DONE, by=by, **facts)
    first, *rest = step.open_boxes
    event = checklist.attest(incident, first.position, by=by, **facts)
    words = facts | {"file": None}  # one file is kept once
    for box in rest:
        checklist.attest(incident, box.position, by=by, **words)
    return event


def _mark(incident: Incident, step: StepView, state: Box, *, by: User, **facts: Any) -> TimelineEvent:
    data: dict[str, Any] = {"step_key": step.key, "title": step.title, "state": str(state)}
    if facts.get("url"):
        check_address(facts["url"])
        data["url"] = facts["url"]
    facts.pop("url", None)
    event = perform(incident, checklist.ATTEST, by=by, **facts, **data)
    mark = StepMark.objects.filter(incident=incident, key=step.key).first()
    mark = mark or StepMark(incident=incident, key=step.key)
    boxes.mark(mark, state, event)
    mark.save()
    return event


def reopen(
    incident: Incident, key: str, *, by: User, reason: str = "", at: datetime | None = None
) -> TimelineEvent:
    """A step that a person called done or not needed is neither. One that an event finished is not ended by words."""
    with transaction.atomic():
        step = _hold(incident, key)
        mark = StepMark.objects.filter(incident=incident, key=key).exclude(state=Box.OPEN).first()
        ticked = [box for box in step.boxes if not box.is_open]
        if step.is_open or not (mark or ticked):
            raise StepTooLate(incident, step.event)
        data: dict[str, Any] = {"step_key": step.key, "title": step.title, "state": str(Box.OPEN)}
        event = perform(incident, checklist.REOPEN, by=by, at=at, text=reason.strip(), **data)
        for kept in [*([mark] if mark else []), *ticked]:
            boxes.empty(kept)
            kept.save(update_fields=boxes.KEPT)
        return event


def _state(known: Work, spec: dict[str, Any]) -> tuple[str, TimelineEvent | None, str]:
    """State, the event that shows it, and what was said with it."""
    mark = known.marks.get(spec["key"])
    if mark and not mark.is_open:
        return mark.state, mark.done_by_event, known.said(mark)
    asked = spec.get("done_on") or []
    mine = [box for box in known.boxes if box.step == spec["key"]]
    linked = [box for box in mine if set(box.done_on) & set(asked)]
    ticked = linked or mine
    if ticked and not any(box.is_open for box in ticked):
        last = max(ticked, key=lambda box: box.done_at or known.incident.declared_at)
        unneeded = all(box.state == Box.NOT_NEEDED for box in ticked)
        return (Box.NOT_NEEDED if unneeded else Box.DONE), last.done_by_event, known.said(last)
    event = known.story.holds(*asked) if asked and not linked else None
    return (Box.DONE, event, known.words(event)) if event else (Box.OPEN, None, "")
