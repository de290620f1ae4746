"""Moments as the formats in the wild write them; always aware UTC, or None for what is no moment."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from math import isfinite

_WRITTEN = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?\Z",
    re.IGNORECASE | re.ASCII,
)
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # Go writes "never" as the year 1
_NEWEST = datetime(2200, 1, 1, tzinfo=UTC)


def parse(value: object) -> datetime | None:
    """RFC 3339 with up to nanoseconds, the same with a space and without a zone (UTC), epoch seconds to
    nanoseconds, or an HTTP date.
    """
    found: datetime | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = _epoch(value)
    elif isinstance(value, str) and len(value) <= 64:
        text = value.strip()
        found = _written(text) or (
            _epoch(float(text)) if re.fullmatch(r"[0-9]{9,19}(\.[0-9]+)?", text) else _http(text)
        )
    return found if found is not None and _OLDEST <= found <= _NEWEST else None


def _written(text: str) -> datetime | None:
    match = _WRITTEN.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        found = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0),
            int((fraction or "0").ljust(6, "0")[:6]), _zone(zone),
        )  # fmt: skip
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if not text or text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _epoch(number: float) -> datetime | None:
    """The unit follows from the size: seconds until the year 5138, then milli-, micro- and nanoseconds."""
    try:
        seconds = float(number)
    except OverflowError:
        return None
    if not isfinite(seconds) or seconds < 0:  # far below zero there is no year for it
        return None
    for limit, factor in ((1e11, 1), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9)):
        if abs(seconds) < limit:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds / factor)
    return None


def _http(text: str) -> datetime | None:
    """Last-Modified and its kin (RFC 9110 §5.6.7)."""
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
