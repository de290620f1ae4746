"""The watches of an incident, read once for all parts of a page that ask."""

from hotfixes.models import Watch
from incidents import glance
from incidents.models import Incident

MOST = 20


def watches(incident: Incident) -> list[Watch]:
    """Those of what was brought out last come first."""
    rows = Watch.objects.filter(incident=incident).select_related("product").order_by("-kept_from", "-pk")
    found = glance.few(incident, "watches", lambda: list(rows[:MOST]))
    for one in found:
        one.incident = incident
    return found


glance.register_few("watches", Watch.objects.all())
