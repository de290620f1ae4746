"""The watch after a deployment begins by itself, when the process says so (K61–K64, C3): its event is recorded with the
moment of what began it, so that clocks, marks and the report see the same beginning.

While it runs the damage is contained; a fault that shows takes that back (DECISIONS.md 13).
"""

from typing import Any

from incidents.models import Incident, Status, TimelineEvent
from incidents.story import means
from products.vocabulary import EventKind as Kind

# After these nothing is being watched any more.
ENDS = frozenset({
    Kind.WATCH_MET, Kind.WATCH_FAILED, Kind.SMOKE_FAILED, Kind.DEPLOY_FAILED, Kind.ROLLED_BACK, Kind.REOPENED,
})  # fmt: skip
# It is no longer contained.
REGRESSIONS = frozenset({Kind.WATCH_FAILED, Kind.SMOKE_FAILED})


def spec(incident: Incident) -> dict[str, Any]:
    """What the process says of watching; empty when it says nothing."""
    return incident.process_version.document.get("watch") or {}


def begun_by(incident: Incident, event: TimelineEvent) -> dict[str, Any] | None:
    """The facts of the watch that `event` begins; None if it begins none, or one runs."""
    asked = spec(incident)
    if not asked or not means(event, [str(asked["from"])]) or is_open(incident):
        return None
    return {"because": event.seq, "least": asked["for"], "subject": event.subject}


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
    return None


def is_open(incident: Incident) -> bool:
    kinds = incident.events.filter(kind__in=[Kind.WATCH_OPENED, *ENDS]).order_by("-seq")
    return kinds.values_list("kind", flat=True).first() == Kind.WATCH_OPENED
