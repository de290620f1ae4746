"""What has happened to an incident, by the words a process uses for events: `merged`, `message_sent:follow_up`.

Read once and handed on; clocks have their own way (incidents/clocks/timing.py), steps, boxes and messages ask here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from incidents.glance import once
from incidents.lifecycle.undoing import undone_by
from incidents.models import Incident, TimelineEvent
from products.vocabulary import EventKind


@dataclass(frozen=True)
class Story:
    """The events of an incident, oldest first; those without words of their own carry no payload.

    `corrections`: the latest one of each event that was corrected, by its primary key.
    """

    events: tuple[TimelineEvent, ...]
    corrections: Mapping[int, TimelineEvent] = field(default_factory=dict)

    def last(self, *words: str) -> TimelineEvent | None:
        """The latest event that any of `words` means."""
        return next((event for event in reversed(self.events) if means(event, words)), None)

    def holds(self, *words: str, subject: str = "") -> TimelineEvent | None:
        """The latest event that any of `words` means, unless a setback has taken it back since. With `subject` only
        what speaks of that remedy, or of none."""
        mine = (e for e in reversed(self.events) if not subject or e.subject in ("", subject))
        event = next((e for e in mine if means(e, words)), None)
        if event is None:
            return None
        back = [e for e in self.events if e.seq > event.seq and event.kind in undone_by(e)]
        return None if back else event

    def since(self, event: TimelineEvent | None) -> "Story":
        """What was recorded after `event`."""
        return (
            self
            if event is None
            else replace(self, events=tuple(e for e in self.events if e.seq > event.seq))
        )


def story(incident: Incident) -> Story:
    """One query: events with who, and with their words where a process can ask for them."""
    rows = incident.events.select_related("actor", "payload").order_by("seq").exclude(kind__in=NOT_READ)
    return once(incident, "story", lambda: told(rows))


def told(rows: Iterable[TimelineEvent]) -> Story:
    """The story of `rows`, oldest first, corrections among them."""
    events, roots, latest = [], dict[int, int](), dict[int, TimelineEvent]()
    for row in rows:
        if row.kind != EventKind.CORRECTED:
            events.append(row)
            continue
        about = row.supersedes_id or row.pk
        roots[row.pk] = roots.get(about, about)
        latest[roots[row.pk]] = row
    return Story(tuple(events), latest)


# No step, box or message of a process waits for these, and there may be hundreds.
NEVER_ASKED = (
    EventKind.NOTED, EventKind.CORRECTED, EventKind.REDACTED, EventKind.MONITOR_DOWN,
    EventKind.MONITOR_UP, EventKind.ALERT_RECEIVED, EventKind.CLOCK_BREACHED, EventKind.CHECK_CHANGED,
    EventKind.DESCRIBED,
)  # fmt: skip
# They are read all the same: what was corrected is shown as it is known now.
NOT_READ = tuple(kind for kind in NEVER_ASKED if kind != EventKind.CORRECTED)


def means(event: TimelineEvent, words: Iterable[str]) -> bool:
    """Whether `event` is what any of `words` speaks of."""
    return any(_means(event, word) for word in words)


def _means(event: TimelineEvent, word: str) -> bool:
    kind, _, key = word.partition(":")
    if kind == EventKind.SEVERITY_CONFIRMED:
        return _confirms_severity(event)
    return event.kind == kind and (not key or event.data.get("message") == key)


def _confirms_severity(event: TimelineEvent) -> bool:
    """Besides the verb itself: a person who declared with a severity, or changed it, or decided."""
    if event.kind == EventKind.DECLARED:
        return event.actor_id is not None and bool(event.data.get("sure"))
    return event.kind in (EventKind.SEVERITY_CONFIRMED, EventKind.SEVERITY_CHANGED, EventKind.DECIDED)
