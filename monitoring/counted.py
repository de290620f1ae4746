"""How many were counted in a time, by the numbers that looks read. Pure: no database, no clock of its own.

A number of the last five minutes speaks of a time only if its five minutes lie within it: what went wrong before a
deployment is not the deployment's. A number that only grows speaks by how much it grew. What nobody read is a hole,
and never none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import floor

from monitoring.probes.counting import whole

type Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Run:
    """The fields of models.Count."""

    number: float
    over_s: int
    reach_s: int
    asked: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """At least so many, in the `spans` that were read. Apart and in order, all of them within the time asked for."""

    count: int
    spans: tuple[Span, ...] = ()

    def holes(self, start: datetime, end: datetime) -> list[Span]:
        """What lies between them from `start` to `end`."""
        edges = [start, *(edge for span in self.spans for edge in span), end]
        return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def counted(runs: Sequence[Run], start: datetime, end: datetime) -> Counted:
    """By `runs` of one target, the oldest first, as far as they speak of `start` to `end`."""
    ours = [run for run in runs if run.since <= end and run.until >= start - timedelta(seconds=run.reach_s)]
    lately = [run for run in ours if run.over_s]
    ever = [run for run in ours if not run.over_s]
    found, spans = _lately(lately, start, end)
    grown, between = _ever(ever, start, end)
    return Counted(whole(found + grown), tuple(_joined([*spans, *between], start, end)))


def _lately(runs: Sequence[Run], start: datetime, end: datetime) -> tuple[float, list[Span]]:
    """Of numbers over a time: those of times that do not overlap are added up, so that each counts once."""
    total, most, free = 0.0, 0.0, start
    spans: list[Span] = []
    for run in runs:
        over = timedelta(seconds=run.over_s)
        if not run.number:
            spans.append((run.since - over, run.until))
            continue
        first = max(run.since, start + over)
        last = min(run.until, end)
        if first > last:
            continue
        spans.append((first - over, last))
        most = max(most, run.number)
        if (tile := max(first, free + over)) <= last:
            times = 1 + floor((last - tile) / over)
            total, free = total + run.number * times, tile + over * (times - 1)
    return max(total, most), spans


def _ever(runs: Sequence[Run], start: datetime, end: datetime) -> tuple[float, list[Span]]:
    """By how much it grew. One that is lower than before has begun anew: it counts, and what was lost then nobody
    knows.
    """
    total = 0.0
    spans: list[Span] = [(run.since, run.until) for run in runs]
    for before, after in pairwise(runs):
        if before.asked != after.asked:
            continue
        grown = after.number - before.number
        if before.until >= start and after.since <= end:
            total += grown if grown >= 0 else after.number
        near = after.since - before.until <= timedelta(seconds=after.reach_s)
        if near and (grown == 0 or (grown > 0 and before.until >= start)):
            spans.append((before.until, after.since))
    return total, spans


def _joined(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    joined: list[Span] = []
    for a, b in sorted((max(a, start), min(b, end)) for a, b in spans):
        if a > b or (a == b and joined and joined[-1][1] >= a):
            continue
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return [(a, b) for a, b in joined if a < b]
