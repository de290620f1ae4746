"""What starts a clock, by the rule that the process gives, and from when on its end can be reached. Reads only."""

from collections.abc import Iterable
from typing import Any

from foundation.calendar import WorkingCalendar
from incidents.models import Clock, Incident, Status, TimelineEvent
from incidents.timeline.story import means
from products.models import Severity
from products.process.clock_rules import ClockRule
from products.targets import Target
from products.vocabulary import EventKind, Moment

# Moments that exist as soon as an incident does.
FROM_THE_BEGINNING = frozenset(Moment.values)


def starts(incident: Incident, rule: ClockRule, event: TimelineEvent, known: Iterable[Clock]) -> bool:
    """`known`: the clocks that ran until now."""
    if event.kind == EventKind.WATCH_FAILED and incident.status == Status.CLOSED:
        return False  # told, and nobody is asked by a clock before somebody reopens it
    if rule.start in FROM_THE_BEGINNING:
        return _opens(event, rule) or rule.starts_again(event.kind, message_of(event))
    if rule.start == EventKind.SEVERITY_CONFIRMED and _asked_for(incident, rule, event, known):
        return True
    named = rule.start != EventKind.SEVERITY_CONFIRMED and rule.starts_with(event.kind, message_of(event))
    return named or rule.starts_again(event.kind, message_of(event))


def _asked_for(incident: Incident, rule: ClockRule, event: TimelineEvent, known: Iterable[Clock]) -> bool:
    """`severity_confirmed` is whatever leaves no doubt of it (incidents/timeline/story.py). It asks once, and no
    more once what ends the clock has happened; a severity without a limit for it asks for nothing."""
    if not means(event, [rule.start]) or rule.stops_with(event.kind, message_of(event)):
        return False
    if incident.severity.target(rule.key).kind == "none":
        return False
    if event.kind == EventKind.DECLARED:
        return True  # nothing else has happened yet
    if any(clock.key == rule.key for clock in known) or incident.clocks.filter(key=rule.key).exists():
        return False
    ends = [stop.partition(":")[0] for stop in rule.stop]
    return not incident.events.filter(kind__in=ends).exists()


def _opens(event: TimelineEvent, rule: ClockRule) -> bool:
    """Detection clocks start when the incident is declared, and again on reopening where resolving had
    ended them.
    """
    return event.kind == EventKind.DECLARED or (
        event.kind == EventKind.REOPENED and _ended_by_resolving(rule)
    )


def _ended_by_resolving(rule: ClockRule) -> bool:
    # Acknowledging is a fact that stays: somebody has seen it. The promise to respond starts anew.
    return EventKind.RESOLVED in rule.stop and rule.key != "acknowledged"


def message_of(event: TimelineEvent) -> str:
    """Which message was sent, when one was."""
    return str(event.data.get("message", "")) if event.kind == EventKind.MESSAGE_SENT else ""


def idle_s(incident: Incident, rule: ClockRule) -> int:
    """For how long what ends it cannot be done: a message that goes out some time after its event."""
    asked = incident.process_version.document.get("messages") or []
    delays = [
        Target.parse(delay).seconds or 0
        for message in asked
        if f"{EventKind.MESSAGE_SENT}:{message['key']}" in rule.stop
        and (delay := (message.get("when") or {}).get("delay"))
    ]
    return max(delays, default=0)


def calendar_of(incident: Incident, severity: Severity, key: str) -> dict[str, Any] | None:
    """The working hours a clock counts by at `severity`, as its row keeps them."""
    name = (severity.targets.get(key) or {}).get("calendar")
    calendars = incident.process_version.document.get("calendars", [])
    found = next((calendar for calendar in calendars if calendar["key"] == name), None)
    if found is None:
        return None
    return WorkingCalendar.of(found["time_zone"], found["hours"], found["holidays"]).as_json()
