"""How an incident ended, for its page: why, by whom, and what still keeps it from being closed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.access import allowed
from accounts.models import User
from incidents.lifecycle import closing, exits, setbacks
from incidents.models import Incident, Status
from incidents.timeline.hiding import asked_to_redact
from incidents.work import work
from products.vocabulary import EventKind

EXITS = {
    Status.DECLINED: exits.DECLINE.kind,
    Status.DEFERRED: exits.DEFER.kind,
    Status.DUPLICATE: exits.MARK_DUPLICATE.kind,
}


@dataclass(frozen=True)
class Ended:
    """`why` is Markdown; empty where its entry was redacted, or is asked to be. `setback`: what does not hold since."""

    why: str = ""
    by: str = ""
    at: datetime | None = None
    may_see_original: bool = False
    holds: list[closing.Hold] = field(default_factory=list)
    setback: str = ""
    taken_back: bool = False


def read(incident: Incident, reader: User, now: datetime) -> Ended | None:
    """None while it is open."""
    if incident.is_open:
        return None
    if incident.status == Status.RESOLVED:
        return Ended(holds=closing.holds(incident, now), **_setback(incident))
    if incident.status == Status.CLOSED:
        return Ended(**_setback(incident))
    kind = EXITS.get(Status(incident.status))
    events = incident.events.filter(kind=kind).select_related("payload", "actor")
    event = events.order_by("-seq").first() if kind else None
    if event is None:
        return Ended()
    original = incident.duplicate_of
    return Ended(
        why="" if event.redacted or asked_to_redact(event) else event.text,
        by=event.actor_label,
        at=event.occurred_at,
        may_see_original=original is not None and allowed(reader, "view", original),
    )


def _setback(incident: Incident) -> dict[str, Any]:
    event = setbacks.standing(work.of(incident).story.events)
    if event is None:
        return {}
    said = setbacks.sentence(event, incident.process_version.document, incident.product.team.time_zone)
    return {"setback": said, "taken_back": event.kind == EventKind.TAKEN_BACK}
