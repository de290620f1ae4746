"""Single values as strangers write them: clean text, percentages, milliseconds, seconds; None or "" for
what makes no sense.
"""

from math import isfinite
from typing import Any

from foundation.text import stripped

LONGEST_VERSION = 80
_MILLISECONDS = {"ms": 1.0, "s": 1e3, "us": 1e-3, "ns": 1e-6}


def number(value: Any) -> float | None:
    """A finite number; true and false are none, and neither is an integer too large for a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


def text(value: Any, limit: int) -> str:
    """A single value as one clean line; lone surrogates, which no database takes, become question marks."""
    if not isinstance(value, str | int | float):
        return ""
    text = str(value)[: limit * 4].encode("utf-8", "replace").decode("utf-8")
    return " ".join(stripped(text).split())[:limit]


def percent(value: Any, unit: Any) -> float | None:
    """Uptime in percent. "99.4%" says its unit; a bare number ≤ 1 without a unit could be either and is
    nothing, except 0.
    """
    if isinstance(value, str):
        text = value.strip()
        unit = "percent" if text.endswith("%") else unit
        try:
            value = float(text.rstrip("% ")) if len(text) <= 40 and "_" not in text else None
        except ValueError:
            return None
    found = number(value)
    if found is None or (unit not in ("percent", "ratio") and 0 < found <= 1):
        return None
    scaled = found * 100 if unit == "ratio" else found
    return round(scaled, 4) if 0 <= scaled <= 100 else None


def latency(value: Any, unit: Any) -> float | None:
    found = number(value)
    scaled = -1.0 if found is None else found * _MILLISECONDS.get(unit or "ms", 1.0)
    return round(scaled, 3) if 0 <= scaled <= 3_600_000 else None


def seconds(value: Any) -> float | None:
    """From a second to a month, also as digits from a form."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 9:
        value = int(value)
    found = number(value)
    return found if found is not None and 1 <= found <= 31 * 86_400 else None
