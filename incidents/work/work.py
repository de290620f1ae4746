"""What is known of the work on incidents, read once for steps, boxes, messages and the next action.

A handful of queries for one incident or for fifty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from incidents import glance
from incidents.glance import assignments_of, redactions_of
from incidents.models import (
    Assignment,
    ChecklistItem,
    Incident,
    RedactionRequest,
    StepMark,
    TimelineEvent,
)
from incidents.models.checklist import Ticked
from incidents.overview import by_incident
from incidents.timeline.attachments import FileShown, file_of
from incidents.timeline.hiding import with_corrections
from incidents.timeline.story import NOT_READ, Story, story, told
from incidents.work.boxes import replayed
from products.vocabulary import EventKind

REMEDIES = (EventKind.HOTFIX_STARTED, EventKind.ROLLBACK_STARTED)


@dataclass(frozen=True)
class Work:
    """`holders`: the name of who has a role, by its key. `hidden`: events that somebody asked to redact."""

    incident: Incident
    story: Story
    boxes: list[ChecklistItem]
    marks: dict[str, StepMark]
    holders: dict[str, str]
    hidden: frozenset[int]

    @property
    def document(self) -> dict[str, Any]:
        """The incident's own version of its process."""
        return dict(self.incident.process_version.document)

    @property
    def remedy(self) -> str:
        """Which remedy is under way: `hotfix_started`, `rollback_started` or "" for none since the last reopening."""
        story = self.story.since(self.story.last(EventKind.REOPENED))
        event = story.last(*REMEDIES)
        return event.kind if event else ""

    def said(self, ticked: Ticked) -> str:
        """What came with a tick, unless somebody asked to redact it."""
        return self.words(ticked.done_by_event) if ticked.done_by_event else ""

    def url(self, ticked: Ticked) -> str:
        return "" if ticked.done_by_event_id in self.hidden else ticked.url

    def file(self, event: TimelineEvent | None) -> FileShown | None:
        return None if event and event.pk in self.hidden else file_of(event, self.incident.ref)

    def words(self, event: TimelineEvent) -> str:
        """What `event` says by now; nothing while somebody asks to redact it."""
        last = self.story.corrections.get(event.pk, event)
        return "" if {event.pk, last.pk} & self.hidden else last.text

    def at(self, event: TimelineEvent) -> datetime:
        """When it happened, by all that is known now."""
        return self.story.corrections.get(event.pk, event).occurred_at


def role_label(known: Work, key: str) -> str:
    """What the process calls the role; empty for none."""
    return next((str(role["label"]) for role in known.document.get("roles") or [] if role["key"] == key), "")


def read(incident: Incident) -> Work:
    """The work on one; what its page has asked already is not asked again."""
    items = incident.checklist.select_related("done_by", "done_by_event__actor", "done_by_event__payload")
    marked = incident.step_marks.select_related("done_by", "done_by_event__payload")
    boxes = glance.few(incident, "boxes", lambda: list(items))
    marks = glance.few(incident, "marks", lambda: list(marked))
    held = [row for row in assignments_of(incident) if row.until is None]
    hidden = with_corrections(asked.event_id for asked in redactions_of(incident))
    known = story(incident)
    glance.keep(incident, glance.REOPENED, known.last(EventKind.REOPENED))
    return _work(incident, known, boxes, marks, held, hidden)


def of(incident: Incident) -> Work:
    """The same for the panels and the next action of one page: read once per row that was fetched."""
    return _known(incident) or _keep(read(incident))


def read_all(incidents: Sequence[Incident]) -> dict[int, Work]:
    """The work on each, by primary key; five queries however many are not known yet, and `of` asks nothing then."""
    if unknown := [one for one in incidents if _known(one) is None]:
        _read_all(unknown)
    return {one.pk: of(one) for one in incidents}


def _known(incident: Incident) -> Work | None:
    seq, known = incident.__dict__.get("_work", (None, None))
    return cast(Work, known) if seq == incident.timeline_seq else None


def _keep(known: Work) -> Work:
    known.incident.__dict__["_work"] = (known.incident.timeline_seq, known)
    return known


def _read_all(incidents: Sequence[Incident]) -> None:
    keys = [incident.pk for incident in incidents]
    events, boxes, marks, holders, hidden = (
        by_incident(TimelineEvent.objects.filter(incident__in=keys).exclude(kind__in=NOT_READ)
            .select_related("actor", "payload").order_by("seq")),
        by_incident(ChecklistItem.objects.filter(incident__in=keys)
            .select_related("done_by", "done_by_event__actor", "done_by_event__payload")),
        by_incident(StepMark.objects.filter(incident__in=keys).select_related("done_by", "done_by_event__payload")),
        by_incident(Assignment.objects.filter(incident__in=keys, until=None).select_related("user").order_by("pk")),
        RedactionRequest.objects.filter(event__incident__in=keys, settled_at=None).values_list("event", flat=True),
    )  # fmt: skip
    asked = with_corrections(hidden)
    for one in incidents:
        _keep(_work(one, told(events[one.pk]), boxes[one.pk], marks[one.pk], holders[one.pk], asked))


def _work(
    incident: Incident,
    told: Story,
    boxes: list[ChecklistItem],
    marks: list[StepMark],
    held: list[Assignment],
    hidden: frozenset[int],
) -> Work:
    return Work(
        incident,
        told,
        boxes or replayed(incident, told),
        {mark.key: mark for mark in marks},
        {one.role: str(one.user) for one in held},
        hidden,
    )


glance.register_few("boxes", ChecklistItem.objects.all())
glance.register_few("marks", StepMark.objects.all())
