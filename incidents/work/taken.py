"""Who is on it while nobody leads: whoever acknowledged it last."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from incidents.models import Incident, TimelineEvent
from products.vocabulary import EventKind


@dataclass(frozen=True)
class Taken:
    """`by_reader`: who reads has it."""

    who: str
    at: datetime
    by_reader: bool = False


def taken(incident: Incident, acknowledged: TimelineEvent | None, reader: User) -> Taken | None:
    """None while nobody has acknowledged it, and once somebody leads or it is over."""
    if not incident.is_open or incident.lead_id or not incident.acknowledged_at or acknowledged is None:
        return None
    mine = acknowledged.actor_id == reader.pk
    return Taken(acknowledged.actor_label, incident.acknowledged_at, mine)


def acknowledged(events: list[TimelineEvent]) -> dict[int, TimelineEvent]:
    """The last of `events` with which it was acknowledged, by its incident's primary key."""
    return {one.incident_id: one for one in events if one.kind == EventKind.ACKNOWLEDGED}
