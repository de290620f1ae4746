"""The watch after a deployment begins by itself, when the process says so (K61–K64, C3): its event is recorded with the
moment of what began it, so that clocks, marks and the report see the same beginning.

While it runs the damage is contained; a fault that shows takes that back.
"""

from collections.abc import Iterator
from typing import Any

from incidents.models import Incident, Mode, Status, TimelineEvent
from incidents.timeline.story import means
from products.process.clock_rules import ClockRule
from products.vocabulary import EventKind as Kind

# After these nothing is being watched any more.
ENDS = frozenset({
    Kind.WATCH_MET, Kind.WATCH_FAILED, Kind.SMOKE_FAILED, Kind.DEPLOY_FAILED, Kind.ROLLED_BACK, Kind.TAKEN_BACK,
    Kind.REOPENED,
})  # fmt: skip
# It is no longer contained.
REGRESSIONS = frozenset({Kind.WATCH_FAILED, Kind.SMOKE_FAILED})


def spec(incident: Incident) -> dict[str, Any]:
    """What the process says of watching; empty when it says nothing."""
    return incident.process_version.document.get("watch") or {}


def is_of_watch(rule: ClockRule) -> bool:
    """Whether it is the clock of the watch: a time to wait out that ends when the watch does."""
    return rule.at_least and Kind.WATCH_MET in rule.stop


def is_measured(incident: Incident, rule: ClockRule) -> bool:
    """Whether the clock is over by what was watched. What nobody could measure is waited out by the time alone: a
    process without a watch, a story told afterwards.
    """
    return is_of_watch(rule) and bool(spec(incident)) and incident.mode != Mode.RETROSPECTIVE


def begins(incident: Incident, rule: ClockRule, event: TimelineEvent) -> bool:
    """Whether the clock of the watch begins with it: after a fault, and after a rollback, nothing else starts it."""
    if event.kind != Kind.WATCH_OPENED or not is_of_watch(rule):
        return False
    return bool(event.data.get("again")) or rule.start == spec(incident).get("from")


def remedy_of(event: TimelineEvent) -> str:
    """Which remedy an event speaks of ("HF-3", "RB-1"); empty for the incident as a whole."""
    return event.subject or ("" if event.redacted else str(event.data.get("hotfix") or ""))


def begun_by(incident: Incident, event: TimelineEvent) -> dict[str, Any] | None:
    """The facts of the watch that `event` begins; None if it begins none, or one of that remedy runs."""
    asked, remedy = spec(incident), remedy_of(event)
    if (
        incident.status == Status.CLOSED
        or not asked
        or not _begins(incident, str(asked["from"]), event)
        or is_open(incident, remedy)
    ):
        return None
    facts = {"because": event.seq, "least": asked["for"], "subject": event.subject}
    return {**facts, "hotfix": remedy} if remedy and not event.subject else facts


def cuts_short(event: TimelineEvent, subject: str) -> bool:
    """Whether it ends the clock of the watch of `subject`, whatever the process ties that clock to: what does not work,
    or runs no more, is not watched to its end. Where it names no remedy it speaks of all.
    """
    return event.kind in (Kind.SMOKE_FAILED, Kind.TAKEN_BACK) and (
        not remedy_of(event) or subject in ("", event.subject)
    )


def _begins(incident: Incident, word: str, event: TimelineEvent) -> bool:
    """After a rollback what runs again is watched like what was deployed; so is what smoke tests had stopped, once they
    pass.
    """
    if event.kind == Kind.SMOKE_PASSED and _stopped_by_smoke(incident, remedy_of(event)):
        return True
    if event.kind == Kind.ROLLED_BACK and word == Kind.DEPLOYED:
        kinds = incident.events.filter(kind__in=[Kind.HOTFIX_STARTED, Kind.ROLLBACK_STARTED]).order_by("-seq")
        return kinds.values_list("kind", flat=True).first() == Kind.ROLLBACK_STARTED
    return means(event, [word])


def _stopped_by_smoke(incident: Incident, remedy: str) -> bool:
    """Whether a smoke test that failed was the last word on a watch that had begun."""
    kinds = [event.kind for event in _of_watches(incident, remedy)]
    return Kind.WATCH_OPENED in kinds and kinds[0] == Kind.SMOKE_FAILED


def begun_because_of(event: TimelineEvent) -> list[TimelineEvent]:
    """The watch that `event` began, unless its own moment was corrected."""
    rows = event.incident.events.filter(kind=Kind.WATCH_OPENED, seq__gt=event.seq).select_related("payload")
    own = rows.exclude(superseded_by__kind=Kind.CORRECTED).order_by("seq")
    return [one for one in own if one.data.get("because") == event.seq]


def status_after(incident: Incident, kind: str) -> Status | None:
    """Where a fact of the watch moves the incident; None: it stays."""
    if kind == Kind.WATCH_OPENED and incident.status == Status.ACTIVE:
        return Status.MONITORING
    if kind in REGRESSIONS and incident.status == Status.MONITORING and is_open(incident):
        return Status.ACTIVE
    # Nothing mends it any more, whether it was still watched or not.
    return Status.ACTIVE if kind == Kind.TAKEN_BACK and incident.status == Status.MONITORING else None


def is_open(incident: Incident, remedy: str = "") -> bool:
    """Whether anything is watched, or `remedy` is. What speaks of no remedy speaks of all."""
    last = next(_of_watches(incident, remedy), None)
    return last is not None and last.kind == Kind.WATCH_OPENED


def _of_watches(incident: Incident, remedy: str) -> Iterator[TimelineEvent]:
    """What began or ended a watch, the newest first; with `remedy` only what speaks of it, or of all."""
    events = incident.events.filter(kind__in=[Kind.WATCH_OPENED, *ENDS]).order_by("-seq")
    return (
        event for event in events.select_related("payload") if not remedy or remedy_of(event) in ("", remedy)
    )
