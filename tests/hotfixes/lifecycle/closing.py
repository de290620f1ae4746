"""Closing the incident of a hotfix, whatever is still open in it."""

from accounts.models import User
from hotfixes.models import Hotfix
from incidents.clocks import verbs as clock_verbs
from incidents.lifecycle import transitions
from incidents.lifecycle.closing import close


def close_incident(hotfix: Hotfix, *, by: User) -> None:
    incident = hotfix.incident
    incident.refresh_from_db()
    transitions.resolve(incident, by=by)
    for clock in incident.clocks.filter(stopped_at=None, holds__contains="close"):
        clock_verbs.waive_clock(incident, by=by, clock=clock.key, reason="Not this time")
    close(incident, by=by)
