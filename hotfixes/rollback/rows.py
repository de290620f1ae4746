"""The rollbacks of an incident, read once for all parts of a page that ask."""

from hotfixes.models import Rollback
from incidents import glance
from incidents.models import Incident


def rollbacks(incident: Incident) -> list[Rollback]:
    """The newest first, with their steps."""
    rows = incident.rollbacks.select_related("product", "hotfix").prefetch_related("steps")
    return glance.few(incident, "rollbacks", lambda: list(rows))


glance.register_few("rollbacks", Rollback.objects.all())
