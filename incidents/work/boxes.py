"""The rows behind the checklist: made when an incident starts, ticked by events, opened again by setbacks (K99–K116).

What people do to them is in incidents/work/checklist.py. An incident from before there were boxes shows them all
the same, out of its events; the first verb keeps them.
"""

from collections.abc import Mapping
from typing import Any

from incidents.lifecycle.undoing import undone_by, unticks
from incidents.models import Box, ChecklistItem, Incident, StepMark, TimelineEvent
from incidents.models.checklist import FRESH, Ticked
from incidents.timeline.story import Story, means, story
from products.vocabulary import EventKind, Verdict

KEPT = ["state", "done_by", "done_at", "done_by_event"]


def items(incident: Incident, told: Story | None = None) -> list[ChecklistItem]:
    """The boxes in the source's order, unsaved for an incident that has none kept. Changes nothing."""
    rows = list(
        incident.checklist.select_related("done_by", "done_by_event__actor", "done_by_event__payload")
    )
    return rows or replayed(incident, told or story(incident))


def start(incident: Incident, event: TimelineEvent) -> None:
    """The boxes of a new incident; `event` is its first and may tick one."""
    boxes = _prepared(incident)
    for box in boxes:
        _apply(box, event)
    ChecklistItem.objects.bulk_create(boxes)


def follow(incident: Incident, event: TimelineEvent) -> None:
    """What an event ticks, and what a setback opens again. For the engine, which holds the incident."""
    rows = incident.checklist.select_related("done_by_event")
    if not undone_by(event):
        places = _ticked_by(incident, event)
        if not places:
            return
        rows = rows.filter(position__in=places).exclude(state=Box.DONE)
    changed = [box for box in rows if _apply(box, event)]
    ChecklistItem.objects.bulk_update(changed, KEPT)
    if event.data.get("anew"):
        _open_steps(incident, event)


def _open_steps(incident: Incident, event: TimelineEvent) -> None:
    """What people said of steps of the fix before, in their own words."""
    for step in StepMark.objects.filter(incident=incident).select_related("done_by_event"):
        if step.done_by_event and unticks(event, step.done_by_event):
            empty(step)
            step.save(update_fields=KEPT)


def keep(incident: Incident) -> None:
    """Write down the boxes of an incident that began before there were any. For who holds it."""
    if not incident.checklist.exists():
        ChecklistItem.objects.bulk_create(replayed(incident, story(incident)))


def _asked(incident: Incident) -> list[dict[str, Any]]:
    return list((incident.process_version.document.get("checklist") or {}).get("items", []))


def _ticked_by(incident: Incident, event: TimelineEvent) -> list[int]:
    """The places of the boxes that can be ticked by it: most events ask the database nothing more."""
    asked = enumerate(_asked(incident), start=1)
    return [place for place, item in asked if means(event, item.get("done_on", ()))]


def _prepared(incident: Incident) -> list[ChecklistItem]:
    return [
        ChecklistItem(
            incident=incident,
            position=position,
            title=item["title"],
            check_key=item.get("check") or "",
            step=item.get("step") or "",
            done_on=item.get("done_on", []),
        )
        for position, item in enumerate(_asked(incident), start=1)
    ]


def replayed(incident: Incident, told: Story) -> list[ChecklistItem]:
    boxes = _prepared(incident)
    for event in told.events:
        for box in boxes:
            _apply(box, event)
    return boxes


def judge(incident: Incident, verdicts: Mapping[str, str], event: TimelineEvent) -> None:
    """Tick what checks prove, and open again what `event` shows to be wrong. What a person ticked stays ticked: beside
    it stands what the check says.
    """
    keep(incident)
    changed = [
        box for box in incident.checklist.select_related("done_by_event") if _judged(box, verdicts, event)
    ]
    ChecklistItem.objects.bulk_update(changed, KEPT)


def reopen(incident: Incident, verdicts: Mapping[str, str]) -> None:
    """Open again what checks ticked and prove no more."""
    changed = [box for box in incident.checklist.select_related("done_by_event") if _disproved(box, verdicts)]
    ChecklistItem.objects.bulk_update(changed, KEPT)


def _judged(box: ChecklistItem, verdicts: Mapping[str, str], event: TimelineEvent) -> bool:
    verdict = verdicts.get(box.check_key)
    if box.is_open and verdict == Verdict.PASS:
        mark(box, Box.DONE, event)
        return True
    return _disproved(box, verdicts)


def _disproved(box: ChecklistItem, verdicts: Mapping[str, str]) -> bool:
    proven = box.state == Box.DONE and box.done_by_event and box.done_by_event.kind == EventKind.CHECK_CHANGED
    if proven and verdicts.get(box.check_key) in (Verdict.FAIL, Verdict.PENDING):
        empty(box)
        return True
    return False


def _apply(box: ChecklistItem, event: TimelineEvent) -> bool:
    """Whether `event` changes the box; it then has. What a machine saw happen ticks no box that has a check: the check
    says whether it happened as it should.
    """
    by_check = bool(box.check_key) and _seen_by_machine(event)
    if box.state != Box.DONE and not by_check and means(event, box.done_on):
        mark(box, Box.DONE, event)
        return True
    if box.state != Box.OPEN and box.done_by_event and _opens(event, box):
        empty(box)
        return True
    return False


def _opens(event: TimelineEvent, box: ChecklistItem) -> bool:
    """Of the next fix nobody has said that a box is not needed; a setback leaves that as it is."""
    ticked_by = box.done_by_event
    if ticked_by is None or (box.state == Box.NOT_NEEDED and not event.data.get("anew")):
        return False
    return unticks(event, ticked_by)


def _seen_by_machine(event: TimelineEvent) -> bool:
    return event.actor_id is None and bool(event.data.get("by_check"))


def mark(box: Ticked, state: Box, event: TimelineEvent) -> None:
    box.state, box.done_by, box.done_at = state, event.actor, event.occurred_at
    box.done_by_event = event


def empty(box: Ticked) -> None:
    for name, value in FRESH.items():
        setattr(box, name, value)
