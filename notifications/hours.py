"""When a message that wakes nobody may go: by day at once, at night in the morning, in the team's zone. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(8)
NIGHT = time(22)


def due(at: datetime, zone: str, *, wake: bool) -> datetime:
    """The moment from which it may be sent, aware and in UTC: `at` itself, or the next 08:00 on the team's clocks."""
    local = at.astimezone(ZoneInfo(zone))
    if wake or MORNING <= local.time() < NIGHT:
        return at.astimezone(UTC)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    # From the date, not by adding hours: a night with a change of clocks has 23 or 25 of them.
    return datetime.combine(day, MORNING, tzinfo=ZoneInfo(zone)).astimezone(UTC)
