"""How old a summary may be: fresh ≤ 2 intervals + 60 s, late ≤ 6 intervals, then stale: nobody knows."""

from datetime import datetime, timedelta
from typing import Literal

Freshness = Literal["fresh", "late", "stale"]
AHEAD = timedelta(minutes=2)


def freshness(reference: datetime | None, now: datetime, interval_s: float) -> Freshness:
    """By the file's own time. Without one the moment of reading is all there is, so the content counts as
    fresh.
    """
    if reference is None or now - reference <= timedelta(seconds=2 * interval_s + 60):
        return "fresh"
    return "late" if now <= fresh_until(reference, interval_s) else "stale"


def fresh_until(reference: datetime, interval_s: float) -> datetime:
    """The last moment at which the state still counts."""
    return reference + timedelta(seconds=max(6 * interval_s, 2 * interval_s + 60))


def in_future(reference: datetime | None, now: datetime) -> bool:
    """More than two minutes ahead: somebody's clock is wrong, and staleness cannot be told."""
    return reference is not None and reference - now > AHEAD
