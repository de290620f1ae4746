"""The hotfixes of an incident, read once for all parts of a page that ask."""

from hotfixes.models import Hotfix
from incidents import glance
from incidents.models import Incident


def hotfixes_of(incident: Incident) -> list[Hotfix]:
    """The first one first."""
    rows = incident.hotfixes.beside_incident().order_by("number")
    return glance.few(incident, "hotfixes", lambda: list(rows))


glance.register_few("hotfixes", Hotfix.objects.all())
