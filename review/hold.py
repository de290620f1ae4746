"""The row of a report, made by whoever writes first, and held while it changes."""

from incidents.models import Incident
from incidents.timeline import timeline
from live import bus
from review.models import Postmortem
from review.refusals import Frozen


def held(incident: Incident) -> Postmortem:
    """The report, its incident locked as every verb locks it. For use inside a transaction."""
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    incident.refresh_from_db()
    report, _made = Postmortem.objects.get_or_create(incident=incident)
    report.incident = incident
    return report


def held_open(incident: Incident) -> Postmortem:
    """The same; raises Frozen once it is reviewed."""
    report = held(incident)
    if report.is_reviewed:
        raise Frozen(incident)
    return report


def announce(incident: Incident) -> None:
    """Open pages of this incident fetch again what they show of its report."""
    bus.publish(timeline.topic(incident), event="refresh")
