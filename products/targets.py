"""How long a clock may run: a duration, a milestone such as the next release (A14, K144), or none. Pure."""

import re
from dataclasses import dataclass
from typing import Any, Literal, Self

from django.utils.translation import gettext as _

type Kind = Literal["duration", "milestone", "none"]

NEXT_RELEASE = "next release"
LONGEST_S = 366 * 24 * 3600
_UNITS = {
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "s": 1,
    "second": 1,
    "seconds": 1,
}
_PART = re.compile(r"(\d{1,9})\s*([a-z]+)")
_DURATION = re.compile(rf"{_PART.pattern}(?:\s+{_PART.pattern})*")
_MILESTONE = re.compile(r"[a-z0-9][\w .+/-]{0,79}", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """`seconds` is set for a duration only (1 … 366 days), `milestone` for a milestone only."""

    kind: Kind
    seconds: int | None = None
    milestone: str = ""

    @classmethod
    def none(cls) -> Self:
        return cls("none")

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the words of a process: "4 h", "2 h 30 min", "90 min", "30 s", "next release", "v1.1", "none".

        Text that starts with a digit is a duration; hours, never days, because a day is not always 24 hours.
        Raises ValueError with a sentence that says what was expected.
        """
        words = " ".join(text.lower().split())
        if words in {"none", "no limit"}:
            return cls.none()
        if words[:1].isdigit() or words.startswith("-"):
            return cls("duration", seconds=_seconds(words, text))
        if words == NEXT_RELEASE or _MILESTONE.fullmatch(text.strip()):
            return cls("milestone", milestone=words if words == NEXT_RELEASE else text.strip())
        raise ValueError(f'expected a time such as "4 h" or "15 min", or "next release", not {text[:80]!r}')

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The inverse of `as_json`."""
        return cls(value["kind"], value.get("seconds"), value.get("milestone", ""))

    def as_json(self) -> dict[str, Any]:
        """`{kind, seconds, milestone}`: the shape kept in Severity.targets."""
        return {"kind": self.kind, "seconds": self.seconds, "milestone": self.milestone}

    def text(self) -> str:
        """ "< 4 h", "< 90 min", "next release", "no limit": the short words beside a severity."""
        if self.kind == "duration" and self.seconds is not None:
            return f"< {duration_text(self.seconds)}"
        if self.kind == "milestone":
            return _("next release") if self.milestone == NEXT_RELEASE else self.milestone
        return _("no limit")


def duration_text(seconds: int) -> str:
    """Whole hours as "72 h", below two hours as "90 min", else "2 h 30 min"; `parse` reads them back."""
    if seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    if seconds % 60:
        minutes, rest = divmod(seconds, 60)
        return f"{duration_text(minutes * 60)} {rest} s" if minutes else f"{rest} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def offset_text(seconds: int) -> str:
    """When a mark is planned: "T-0", "T+5 min", "T+120 min", "T+26 h", "T+1 day". The same on process and ruler."""
    if seconds == 0:
        return "T-0"
    if seconds % 86_400 == 0:
        days = seconds // 86_400
        return _("T+1 day") if days == 1 else _("T+%(n)d days") % {"n": days}
    if seconds < 60:
        return _("T+%(n)d s") % {"n": seconds}
    if seconds <= 7200 or seconds % 3600:
        return _("T+%(n)d min") % {"n": round(seconds / 60)}
    return _("T+%(n)d h") % {"n": seconds // 3600}


def _seconds(words: str, text: str) -> int:
    parts = _PART.findall(words) if _DURATION.fullmatch(words) else []
    if not parts or any(unit not in _UNITS for _number, unit in parts):
        raise ValueError(f'expected a time in h, min or s such as "4 h" or "90 min", not {text[:80]!r}')
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    if not 0 < seconds <= LONGEST_S:
        raise ValueError(f"expected a time above zero and at most {LONGEST_S // 3600} h, not {text[:80]!r}")
    return seconds
