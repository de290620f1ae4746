"""Whose something is that a role has to do: its holder, a deputy, who is listed for it, the lead; else nobody's."""

from accounts.models import User
from incidents.glance import assignments_of
from incidents.models import Incident
from incidents.roles import holding


def owner(incident: Incident, role: str) -> User | None:
    """Those on the incident first; nobody of a private one who does not take part."""
    held = {row.role: row.user for row in assignments_of(incident) if row.until is None}
    found = next((one for one in incident.process_version.roles() if one.key == role), None)
    keys = [role, *(found.deputies if found else ())] if role else []
    on_it = [held[key] for key in keys if key in held]
    if on_it:
        return on_it[0]
    listed = holding.listed(incident) if keys else {}
    asked = [listed[key][0] for key in keys if listed.get(key)]
    return asked[0] if asked else incident.lead
