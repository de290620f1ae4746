"""How a target may be shown: what is no longer fresh is unknown at once, also while no worker writes it down.

For pages and the API only. `staleness.mark_stale` writes the same for good, and tells people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitoring.models import Target
from monitoring.standings import put, standing_of
from monitoring.transitions import expire


def as_shown(targets: Iterable[Target], now: datetime) -> list[Target]:
    """The same rows, in memory as they may be shown at `now`; never to be saved. Wants `target.monitor` at hand."""
    shown = list(targets)
    for target in shown:
        standing, changes = expire(standing_of(target), now=now, watched_until=target.monitor.watched_until)
        if changes:
            put(target, replace(standing, code=changes[-1].code, detail=changes[-1].detail))
    return shown
