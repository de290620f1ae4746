"""Times as forges write them: ISO 8601, and GitLab's own in hooks ("2020-11-02 12:55:12 UTC")."""

import re
from datetime import UTC, datetime

_WRITTEN = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)


def moment(value: object) -> datetime | None:
    """In UTC; one without a zone is UTC. Seconds since 1970 too. None for what is no time, and for year 1 (Go's zero).

    >>> moment("2021-04-28 21:50:00 +0200").isoformat()
    '2021-04-28T19:50:00+00:00'
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC) if 0 < value < 2**33 else None
        return _parsed(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def written(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parsed(value: str) -> datetime | None:
    found = _WRITTEN.fullmatch(value.strip()[:60])
    if found is None:
        return None
    day, clock, fraction, zone = found.groups()
    zone = "+00:00" if not zone or zone[0] not in "+-" else zone
    at = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6].ljust(6, '0')}{zone}").astimezone(UTC)
    return at if at.year > 1970 else None
