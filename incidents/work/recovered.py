"""The monitor of an open incident that is up again: the first thing somebody woken by it wants to know."""

from incidents.models import Incident
from monitoring.models import Target
from monitoring.states import State


def recovered(incident: Incident, target: Target | None) -> Target | None:
    """`target` as it may be shown, where it is up since a time within the incident; one that was well all along is no
    news."""
    if target is None or not incident.is_open or target.state != State.UP:
        return None
    return target if target.since > incident.detected_at else None
