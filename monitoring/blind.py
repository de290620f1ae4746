"""Ending the claim about every target of a monitor at once: it is not watched any more, or something else is."""

from __future__ import annotations

from datetime import datetime

from monitoring.models import Monitor, Target
from monitoring.standings import Written, standing_of
from monitoring.transitions import blinded


def blind(monitor: Monitor, *, at: datetime, code: str, detail: str) -> None:
    """Every target becomes unknown at `at`. Inside the transaction of a verb that holds the monitor's row."""
    written = Written()
    for target in Target.objects.select_for_update().filter(monitor=monitor, archived_at=None).order_by("pk"):
        standing, changes = blinded(standing_of(target), now=at, code=code, detail=detail)
        written.add(target, standing, changes)
    written.save()
