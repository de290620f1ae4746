"""Times in prose, English and German: "within 15 minutes", "< 4 hours", "T+30", "24 Stunden". Pure, seconds."""

import re
from dataclasses import dataclass

from products.targets import LONGEST_S, duration_text

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNIT = (
    r"(?P<unit>seconds?|secs?|sekunden?|sek|minutes?|minuten?|mins?|hours?|hrs?|stunden?|"
    r"std|days?|tage?n?|weeks?|wochen?|[smhdw])"
)
_NUMBER = r"(?P<low>\d{1,5}(?:[.,]\d)?)"
_SPAN = re.compile(
    rf"(?<![\w.,])(?P<half>half an hour|halbe[n]? stunde|(?:an|one|eine[r]?) (?:hour|stunde))"
    rf"|(?<![\w.,]){_NUMBER}(?:\s*(?:-|–|—|to|bis)\s*(?P<high>\d{{1,5}}))?\+?[\s-]?(?:(?:business|working|office)[\s-])?{_UNIT}\b",
    re.I,
)
_WORKING = re.compile(r"(business|working|office|werk|arbeits)[- ]?(hour|day|tag|stunde|zeit)", re.I)
_AT = re.compile(
    r"^\W*T\s*(?P<sign>[-+±])?\s*(?P<number>\d{1,5})\s*" + _UNIT + r"?(?!\w)(?:\s*[:|–—-])?\s*(?P<what>.*)$",
    re.I,
)
_RELEASE = re.compile(
    r"\b(next|following|upcoming|nächste[nsr]?)\s+(scheduled\s+)?(release|sprint|version|"
    r"cycle|iteration)\b"
    r"|\b(backlog|best effort|when possible|bei gelegenheit)\b",
    re.I,
)


@dataclass(frozen=True)
class Span:
    """`earliest` is the lower of two numbers; `working` says that it speaks of business hours."""

    seconds: int
    earliest: int | None = None
    working: bool = False

    def text(self) -> str:
        return duration_text(self.seconds)


def span(text: str) -> Span | None:
    """The first length of time in `text`."""
    match = _SPAN.search(text[:2000])
    if not match:
        return None
    if match["half"]:
        seconds = 1800 if "hal" in match["half"].lower() else 3600
        return Span(seconds)
    unit = _UNITS[_short(match["unit"])]
    low = float(match["low"].replace(",", "."))
    high = float(match["high"]) if match["high"] else low
    seconds = round(max(low, high) * unit)
    if not 0 < seconds <= LONGEST_S:
        return None
    earliest = round(low * unit) if match["high"] and 0 < low < high else None
    return Span(seconds, earliest, bool(_WORKING.search(text[:2000])))


def _short(unit: str) -> str:
    low = unit.lower()
    return (
        "s" if low.startswith("se") else {"t": "d"}.get(low[0], low[0]) if not low.startswith("st") else "h"
    )


def release(text: str) -> str:
    """ "next release" when `text` puts it off to one, "v1.1" when it names one, else ""."""
    named = re.search(r"\b(v\d+(?:\.\d+){1,2})\b", text[:2000])
    return named[1] if named else "next release" if _RELEASE.search(text[:2000]) else ""


def offset(text: str) -> tuple[int, str] | None:
    """`T+45: Deployed` → (2700, "Deployed"); a number without a unit is minutes."""
    match = _AT.match(text.strip()[:400])
    if not match or not (match["sign"] or match["number"] == "0"):
        return None
    unit = match["unit"] or "m"
    if match["sign"] == "-" and int(match["number"]):
        return None
    seconds = int(match["number"]) * _UNITS[_short(unit)]
    return (seconds, match["what"].strip()) if seconds <= LONGEST_S else None
