"""Whoever has the page open sees that a message does not arrive, and that it has."""

from incidents.lifecycle.lifecycle import announce
from incidents.models import Incident
from notifications.troubled import listening


@listening
def refresh(ref: str) -> None:
    number = ref.removeprefix("INC-")
    incident = (
        Incident.objects.select_related("product").filter(number=number).first() if number.isdigit() else None
    )
    if incident:
        announce(incident)
