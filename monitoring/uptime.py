"""Uptime from status changes: exact, because the changes are kept for ever. Pure: no database, takes the moment.

Seconds of maintenance, and those that nobody watched (before the first look, in a gap, unknown) are told apart and
never counted as up: the percentage is of the seconds that were watched, and says nothing when there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitoring.states import RANK, State

ENOUGH_S = 60


@dataclass(frozen=True, slots=True)
class Point:
    """From `at` on the target was in `state` (a StatusChange without its ballast)."""

    at: datetime
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one state; `end` is the start of the next one or the end of the window."""

    start: datetime
    end: datetime
    state: str
    detail: str = ""

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds of a window by state. Degraded answers, so it counts as available; `percent` is of what was watched, and
    maintenance is left out of it.
    """

    up: float
    degraded: float
    down: float
    unwatched: float
    maintenance: float = 0.0

    @property
    def watched(self) -> float:
        return self.up + self.degraded + self.down

    @property
    def percent(self) -> float | None:
        """0 to 100, None before a minute was watched: three seconds say nothing of thirty days."""
        return 100 * (self.up + self.degraded) / self.watched if self.watched >= ENOUGH_S else None

    @property
    def is_partly(self) -> bool:
        """A minute or more of the window was not watched, so that a percentage says of how long it is."""
        return self.unwatched >= ENOUGH_S


def segments(points: Iterable[Point], *, start: datetime, end: datetime) -> list[Segment]:
    """The window cut at the changes, without gaps or empty pieces; unknown before the first change.

    `points` in any order; of two at the same moment the later in the list wins. Those before the window say
    how it began.
    """
    ordered = sorted(points, key=lambda point: point.at)
    marks = [Point(start, State.UNKNOWN), *(p for p in ordered if p.at < end)]
    clipped = [Point(max(p.at, start), p.state, p.detail) for p in marks]
    pieces = [
        Segment(a.at, b.at, a.state, a.detail)
        for a, b in pairwise([*clipped, Point(end, State.UNKNOWN)])
        if a.at < b.at
    ]
    return _joined(pieces)


def uptime(pieces: Iterable[Segment]) -> Uptime:
    """Adds up the seconds of `pieces`, usually those of one window."""
    total = dict.fromkeys(State, 0.0)
    for piece in pieces:
        total[State(piece.state)] += piece.seconds
    states = (State.UP, State.DEGRADED, State.DOWN, State.UNKNOWN, State.MAINTENANCE)
    return Uptime(*(total[state] for state in states))


def overlay(strips: Iterable[Sequence[Segment]]) -> list[Segment]:
    """Several targets as one: at every moment the state of the worst. All strips cover the same window."""
    edges = [
        (moment, ends, number, piece)
        for number, strip in enumerate(strips)
        for piece in strip
        for moment, ends in ((piece.start, False), (piece.end, True))
    ]
    edges.sort(key=lambda edge: edge[:3])
    present: dict[str, dict[int, Segment]] = {state: {} for state in RANK}
    pieces = []
    for (at, ends, number, piece), (until, *_) in pairwise([*edges, *edges[-1:]]):
        if not ends:
            present[piece.state][number] = piece
        elif present[piece.state].get(number) is piece:
            del present[piece.state][number]
        if at < until:
            worst = next(here for here in present.values() if here)
            first = next(iter(worst.values()))
            pieces.append(Segment(at, until, first.state, first.detail))
    return _joined(pieces)


def window(points: Sequence[Point], *, end: datetime, days: int) -> Uptime:
    """The uptime of the last `days` times 24 h."""
    return uptime(segments(points, start=end - timedelta(days=days), end=end))


def _joined(pieces: list[Segment]) -> list[Segment]:
    """Neighbours of one state become one piece; it keeps the words of the first."""
    joined: list[Segment] = []
    for piece in pieces:
        if joined and joined[-1].state == piece.state:
            joined[-1] = Segment(joined[-1].start, piece.end, piece.state, joined[-1].detail or piece.detail)
        else:
            joined.append(piece)
    return joined
