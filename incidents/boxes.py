"""The rows behind the checklist: made when an incident starts, ticked by events, opened again by setbacks (K99–K116).

What people do to them is in incidents/checklist.py. An incident from before there were boxes shows them all the same,
out of its events; the first verb keeps them.
"""

from collections.abc import Iterable

from incidents.models import Box, ChecklistItem, Incident, TimelineEvent
from incidents.models.checklist import FRESH
from incidents.story import Story, means, story
from incidents.undoing import UNDOES

KEPT = ["state", "reason", "done_by", "done_at", "done_by_event", "attestation", "url"]


def items(incident: Incident, told: Story | None = None) -> list[ChecklistItem]:
    """The boxes in the source's order, unsaved for an incident that has none kept. Changes nothing."""
    rows = incident.checklist.select_related("done_by", "done_by_event__actor", "done_by_event__payload")
    return list(rows) or _replayed(incident, told or story(incident))


def start(incident: Incident, event: TimelineEvent) -> None:
    """The boxes of a new incident; `event` is its first and may tick one."""
    boxes = _prepared(incident)
    for box in boxes:
        _apply(box, event)
    ChecklistItem.objects.bulk_create(boxes)


def follow(incident: Incident, event: TimelineEvent) -> None:
    """What an event ticks, and what a setback opens again. For the engine, which holds the incident."""
    changed = [box for box in incident.checklist.all() if _apply(box, event)]
    ChecklistItem.objects.bulk_update(changed, KEPT)


def keep(incident: Incident) -> None:
    """Write down the boxes of an incident that began before there were any. For who holds it."""
    if not incident.checklist.exists():
        ChecklistItem.objects.bulk_create(_replayed(incident, story(incident)))


def _prepared(incident: Incident) -> list[ChecklistItem]:
    asked = (incident.process_version.document.get("checklist") or {}).get("items", [])
    return [
        ChecklistItem(
            incident=incident,
            position=position,
            title=item["title"],
            check_key=item.get("check") or "",
            step=item.get("step") or "",
            done_on=item.get("done_on", []),
        )
        for position, item in enumerate(asked, start=1)
    ]


def _replayed(incident: Incident, told: Story) -> list[ChecklistItem]:
    boxes = _prepared(incident)
    for event in told.events:
        for box in boxes:
            _apply(box, event)
    return boxes


def _apply(box: ChecklistItem, event: TimelineEvent) -> bool:
    """Whether `event` changes the box; it then has."""
    if box.state != Box.DONE and means(event, box.done_on):
        mark(box, Box.DONE, event)
        return True
    undone: Iterable[str] = UNDOES.get(event.kind, ())
    if box.state == Box.DONE and box.done_by_event and box.done_by_event.kind in undone:
        empty(box)
        return True
    return False


def mark(box: ChecklistItem, state: Box, event: TimelineEvent) -> None:
    box.state, box.reason, box.done_by, box.done_at, box.done_by_event = (
        state, "", event.actor, event.occurred_at, event,
    )  # fmt: skip


def empty(box: ChecklistItem) -> None:
    for name, value in (FRESH | {"attestation": "", "url": ""}).items():
        setattr(box, name, value)
