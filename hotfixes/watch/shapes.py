"""What the course of a watch is reckoned from, and what comes of it: plain values, no database."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

GOOD, BAD, UNKNOWN = "good", "bad", "unknown"

type Span = tuple[datetime, datetime]
type Why = Literal["", "not_yet", "failed", "nobody", "gap", "coverage", "time"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at `target`. `confirmed`: the monitor itself says down, not only this look."""

    target: int
    at: datetime
    verdict: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """A target: its monitor's interval, and from and until when it could be looked at, where it came or went."""

    key: int
    name: str
    interval_s: int
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """`coverage` in percent, `max_gap` in intervals of a monitor."""

    least_s: int
    coverage: int = 95
    max_gap: int = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """`who`: the names of those that were not seen to be well; empty where there was nothing to look at. `open`: it
    still lasts."""

    start: datetime
    end: datetime
    who: tuple[str, ...]
    open: bool = False

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Failure:
    """`flapped`: it was never confirmed, but bad, good and bad again."""

    at: datetime
    target: int
    name: str
    flapped: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """`counted_s` were watched, of `least_s`; `coverage` is in percent, None before anything could be. `extended_s`:
    how much longer the gaps make it. `ends_at`: when it is over if every look from now on is good; None where nothing
    but a person can end it. `why`: what it waits for. `rare`: who is looked at too seldom to count.
    """

    counted_s: float
    least_s: int
    coverage: float | None = None
    gaps: tuple[Gap, ...] = ()
    failure: Failure | None = None
    ends_at: datetime | None = None
    complete_at: datetime | None = None
    why: Why = ""
    rare: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    pieces: tuple[Span, ...] = field(default=(), repr=False)

    @property
    def complete(self) -> bool:
        return self.complete_at is not None

    @property
    def percent(self) -> int:
        return min(100, int(100 * self.counted_s / self.least_s)) if self.least_s else 100

    @property
    def extended_s(self) -> float:
        return sum(gap.seconds for gap in self.gaps)
