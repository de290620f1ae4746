"""What waiting costs: how many more people are affected per minute, by what was said of them and when."""

from typing import Any, Final

from foundation.written import utc
from incidents.models import Incident
from products.vocabulary import EventKind

RISING, FLAT, FALLING, UNKNOWN = "rising", "flat", "falling", "unknown"
MOST: Final = 20
# Cannot stand in what people type: JSON escapes their quotation marks.
_MARK: Final = '"users_affected":['


def growing(incident: Incident) -> dict[str, Any]:
    """`way`: rising, flat, falling or unknown; `per_minute` between the last two counts, None where there is one."""
    points = _points(incident)
    found: dict[str, Any] = {"way": UNKNOWN, "per_minute": None, "since": ""}
    if len(points) < 2:
        return found
    (before, was), (after, n) = points[-2:]
    minutes = (after - before).total_seconds() / 60
    if minutes <= 0:
        return found
    rate = (n - was) / minutes
    way = RISING if n > was else FALLING if n < was else FLAT
    return {"way": way, "per_minute": round(rate, 1) if abs(rate) < 10 else round(rate), "since": utc(before)}


def _points(incident: Incident) -> list[tuple[Any, int]]:
    """(when, how many), the earliest first. What was known at the declaration was counted then."""
    rows = incident.events.filter(kind=EventKind.DESCRIBED, payload__body__contains=_MARK)
    events = [one for one in rows.select_related("payload").order_by("-seq")[:MOST] if not one.redacted][::-1]
    told = [(one.occurred_at, one.data["changed"]["users_affected"]) for one in events]
    if not told:
        return []
    points = [(incident.declared_at, told[0][1][0]), *((at, values[1]) for at, values in told)]
    return [(at, n) for at, n in points if n is not None]
