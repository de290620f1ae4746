"""What a timeline is told of alerts: one entry for those that came together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from incidents.lifecycle import lifecycle
from incidents.models import Incident
from incidents.timeline import timeline
from monitoring.models import Alert, AlertChange, AlertState, Tool
from products.vocabulary import EventKind

# So many entries of one timeline tell of alerts; its list of alerts has them all.
MOST_ENTRIES = 100
NAMED = 5
ALERT = "alert"


def tell(incident: Incident, changes: Sequence[AlertChange], *, at: datetime) -> None:
    """One entry for all of one source, or of one person, that fire, or are over, at once. What a person said is
    always written."""
    first, source = changes[0], changes[0].alert.source
    entries = incident.events.filter(kind=EventKind.ALERT_RECEIVED).count()
    if entries >= MOST_ENTRIES and first.by is None:
        return
    alerts = [change.alert for change in changes]
    fire = Alert.objects.firing().filter(incidents__incident=incident)
    data: dict[str, Any] = {
        "state": first.state,
        "tool": Tool(source.tool).short,
        "alert_source": source.slug,
        "alerts": [_words(alert) for alert in alerts[:NAMED]],
        "more": max(len(alerts) - NAMED, 0),
        "url": alerts[0].link if len(alerts) == 1 else "",
        "changes": [change.pk for change in changes],
        "all_over": first.state == AlertState.RESOLVED and not fire.exists(),
        "last": entries + 1 == MOST_ENTRIES,
        "held": all(change.held_at for change in changes),
    }
    by = first.by
    if by:
        by.by_token = first.token
    told_by, label = ("", "") if by else (ALERT, str(source))
    timeline.record(incident, EventKind.ALERT_RECEIVED, by=by, at=at, source=told_by, label=label, **data)
    lifecycle.announce(incident)


def _words(alert: Alert) -> dict[str, str]:
    name = f"{alert.title} ({alert.told_apart})" if alert.told_apart else alert.title
    return {"name": name[:400], "detail": alert.detail[:400], "severity": alert.severity}
