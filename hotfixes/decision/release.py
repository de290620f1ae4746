"""Did the release cause it? Minutes from the deployment of what runs to the first bad sign, and what it brought."""

from datetime import datetime
from typing import Any

from foundation.written import utc, utc_or_none
from hotfixes.rollback import releases
from incidents.models import Incident
from monitoring.models import StatusChange
from monitoring.states import State


def release(incident: Incident, ways: list[Any]) -> dict[str, Any]:
    """`minutes` None: nobody told when it came out. `commits` and `files` since the version before; None: unknown."""
    runs = releases.running(incident, incident.product)
    bad, by = _first_bad(incident)
    undoes = next((way["undoes"] for way in ways if way["undoes"]["known"]), None)
    since = runs.since if runs else None
    return {
        "version": runs.version if runs else "",
        "deployed_at": utc_or_none(since),
        "first_bad_at": utc(bad),
        "first_bad_by": by,
        "minutes": round((bad - since).total_seconds() / 60) if since else None,
        "commits": undoes["commits"] if undoes else None,
        "more": bool(undoes and undoes["more"]),
    }


def _first_bad(incident: Incident) -> tuple[datetime, str]:
    """The earliest of the first failed probe and what people told; `by` is the monitor's name, empty for people."""
    told = min(filter(None, (incident.detected_at, incident.reported_at)))
    if incident.target_id is None:
        return told, ""
    rows = StatusChange.objects.filter(
        target=incident.target_id, state=State.DOWN, at__lte=incident.declared_at
    )
    last = rows.select_related("target__monitor").order_by("-at", "-pk").first()
    return (min(last.at, told), last.target.monitor.name) if last else (told, "")
