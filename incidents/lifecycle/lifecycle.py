"""The engine under every verb: compare-and-set, record, clocks, announce: one transaction, one winner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from foundation import blobs
from foundation.blobs import Upload
from foundation.crash import crashpoint
from incidents import glance
from incidents.clocks import breaches, timing
from incidents.clocks.retarget import retarget
from incidents.lifecycle import followers, watch
from incidents.models import Attachment, Incident, Participant, Status, TimelineEvent
from incidents.roles import vacancies
from incidents.telling import escalation, reminders, telling
from incidents.timeline import timeline
from incidents.work import boxes
from live import bus
from products.vocabulary import EventKind

# Who contains or ends it has seen it.
SEEN_BY = frozenset({EventKind.MITIGATED, EventKind.RESOLVED})
# With these somebody begins to put it right.
REMEDIES = frozenset({EventKind.HOTFIX_STARTED, EventKind.ROLLBACK_STARTED})


@dataclass(frozen=True)
class Step:
    """One verb's row of the lifecycle.

    From which statuses, to which (None stays), and what else must still hold.
    """

    kind: str
    sources: tuple[Status, ...]
    to: Status | None = None
    guard: Q = field(default_factory=Q)


class TooLate(Exception):
    """Somebody was faster, or the incident is past this.

    `incident` is its present state, `last` the event that explains it.
    """

    def __init__(self, incident: Incident, step: Step) -> None:
        super().__init__(f"{incident.ref} is {incident.status}: {step.kind} no longer applies")
        self.incident = incident
        self.step = step

    @property
    def words(self) -> str:
        """What it was too late for, where the event alone does not say it; else empty."""
        return ""

    @property
    def faster(self) -> bool:
        """Somebody else came first; not so where there was nothing to do in the first place."""
        return True

    @property
    def last(self) -> TimelineEvent | None:
        """The event that made it too late: the same fact by somebody else, else the last change of status."""
        events = self.incident.events.select_related("actor", "payload").order_by("-seq")
        changes = [
            Status.RESOLVED,
            Status.CLOSED,
            Status.DECLINED,
            Status.DEFERRED,
            "duplicate_marked",
            "reopened",
            "mitigated",
            "severity_confirmed",
        ]
        return events.filter(kind=self.step.kind).first() or events.filter(kind__in=changes).first()


def perform(
    incident: Incident,
    step: Step,
    *,
    by: User | None,
    at: datetime | None = None,
    text: str = "",
    changes: Mapping[str, Any] | None = None,
    stamp: str = "",
    measured: bool = False,
    file: Upload | None = None,
    **data: Any,
) -> TimelineEvent:
    """Do `step` to `incident` if its row still allows it; raise TooLate, changing nothing, if it does not.

    `changes` are columns to set with it, `stamp` names a column that takes the event's moment,
    `measured` adds the seconds since detection, `data` goes into the event, `file` hangs on it.
    """
    with transaction.atomic():
        moved = Incident.objects.filter(step.guard, pk=incident.pk, status__in=step.sources).update(
            status=step.to or F("status"), **(changes or {})
        )
        # The row is ours now, so the moment is later than everything recorded before.
        now = incident.read_again(severity=(changes or {}).get("severity"))
        if not moved:
            raise TooLate(incident, step)
        crashpoint("verb.moved")
        with glance.held(incident, now), bus.gathered():
            happened = at or now
            # What ran out before this happened was late, even if no sweep has come by yet. The last moment is in time.
            breaches.fire(incident, until=happened - timedelta(microseconds=1), now=now)
            incident.put_down(**dict.fromkeys(_columns(incident, step, stamp), happened))
            if measured:
                data["after_s"] = (happened - incident.detected_at).total_seconds()
            event = _record(incident, step, by, happened, text, file, data)
            crashpoint("verb.recorded")
            _follow(incident, event)
        crashpoint("verb.told")
    crashpoint("verb.committed")
    return event


def _record(
    incident: Incident,
    step: Step,
    by: User | None,
    at: datetime,
    text: str,
    file: Upload | None,
    data: dict[str, Any],
) -> TimelineEvent:
    """One line of the timeline, with the file that hangs on it."""
    if not file:
        return timeline.record(incident, step.kind, by=by, at=at, text=text, **data)
    event = timeline.record(incident, step.kind, by=by, at=at, text=text, **data, file=file.facts)
    Attachment.objects.create(event=event, blob=blobs.keep(file))
    return event


def _follow(incident: Incident, event: TimelineEvent) -> None:
    """What an event brings about: clocks, who takes part, open pages, messages."""
    if event.kind == EventKind.REOPENED:
        glance.know(incident, glance.REOPENED, event)
    ended = timing.follow(incident, event)
    if event.kind == EventKind.SEVERITY_CHANGED:
        retarget(incident, incident.severity, event.recorded_at, since=event.occurred_at)
        ended = True
    boxes.follow(incident, event)
    # Whoever declared it takes part since then.
    if event.actor and event.actor_id != incident.declared_by_id:
        Participant.objects.bulk_create(
            [Participant(incident=incident, user=event.actor)], ignore_conflicts=True
        )
    announce(incident)
    telling.after(incident, event)
    if ended:
        reminders.refresh(incident, str(event.get_kind_display()).lower())
    vacancies.follow(incident, event)
    escalation.follow(incident, event)
    followers.tell(incident, event)
    if watched := watch.begun_by(incident, event):
        step = Step(
            EventKind.WATCH_OPENED, tuple(Status), watch.status_after(incident, EventKind.WATCH_OPENED)
        )
        perform(incident, step, by=None, at=event.occurred_at, **watched)


def _columns(incident: Incident, step: Step, stamp: str) -> list[str]:
    """The columns that take the event's moment."""
    seen = step.kind in SEEN_BY and incident.acknowledged_at is None
    begun = step.kind in REMEDIES and incident.remedy_at is None
    return [
        *(["acknowledged_at"] if seen else []),
        *(["remedy_at"] if begun else []),
        *([stamp] if stamp else []),
    ]


def announce(incident: Incident) -> None:
    """Tell open pages to fetch what is personal or computed anew.

    A private incident is told to its participants alone.
    """
    bus.publish(timeline.topic(incident), event="refresh")
    if not incident.private:
        bus.publish(f"board:{incident.product.team_id}", event="refresh")
        return
    for user in Participant.objects.filter(incident=incident).values_list("user", flat=True):
        bus.publish(f"user:{user}", event="refresh")
