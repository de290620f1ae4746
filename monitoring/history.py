"""What pages tell of the past: percentages, the strip of a day. A fixed number of queries, however many targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.models import Monitor, StatusChange, Target
from monitoring.reasons import said
from monitoring.standings import BARE, bare
from monitoring.transitions import expire
from monitoring.uptime import Point, Segment, Uptime, overlay, segments, uptime

WINDOWS = (1, 7, 30)
STRIP_OF = timedelta(hours=24)


@dataclass(frozen=True)
class History:
    """The past of one target, or of several as one: `windows` by days, `strip` of the last 24 h."""

    windows: dict[int, Uptime]
    strip: Sequence[Segment]

    @property
    def has_maintenance(self) -> bool:
        return any(seen.maintenance for seen in self.windows.values())


@dataclass(frozen=True)
class Past:
    """Of a monitor's targets: each by its id, and `whole`, at every moment the worst of them."""

    each: dict[int, History]
    whole: History


def past(targets: Sequence[Target], now: datetime) -> Past:
    """Two queries, however many targets."""
    points = _points(targets, now - timedelta(days=max(WINDOWS)), now)
    strips = {
        days: {
            target.pk: segments(points[target.pk], start=now - timedelta(days=days), end=now)
            for target in targets
        }
        for days in WINDOWS
    }
    each = {
        target.pk: History({days: uptime(strips[days][target.pk]) for days in WINDOWS}, strips[1][target.pk])
        for target in targets
    }
    merged = {
        days: overlay(strips[days].values()) or segments((), start=now - timedelta(days=days), end=now)
        for days in WINDOWS
    }
    return Past(each, History({days: uptime(merged[days]) for days in WINDOWS}, merged[1]))


def uptimes(targets: Sequence[Target], now: datetime, days: int) -> tuple[Uptime, dict[int, Uptime]]:
    """The last `days` times 24 h: of all targets as one, and of each by its id. Two queries."""
    start = now - timedelta(days=days)
    points = _points(targets, start, now)
    pieces = {target.pk: segments(points[target.pk], start=start, end=now) for target in targets}
    whole = overlay(pieces.values()) or segments((), start=start, end=now)
    return uptime(whole), {pk: uptime(found) for pk, found in pieces.items()}


def between(targets: Sequence[Target], start: datetime, end: datetime) -> dict[int, list[Segment]]:
    """How each target was from `start` to `end` (now, or earlier), by its id. Two queries."""
    points = _points(targets, start, end)
    return {target.pk: segments(points[target.pk], start=start, end=end) for target in targets}


def strips(monitors: Sequence[Monitor], now: datetime) -> dict[int, list[Segment]]:
    """The last 24 h of each monitor by its id, its targets as one; a monitor without targets has none. Three
    queries.
    """
    present = Target.objects.filter(monitor__in=monitors, archived_at=None)
    targets = list(present.only("pk", "monitor_id", *BARE))
    points = _points(targets, now - STRIP_OF, now)
    by_monitor: defaultdict[int, list[list[Segment]]] = defaultdict(list)
    for target in targets:
        by_monitor[target.monitor_id].append(segments(points[target.pk], start=now - STRIP_OF, end=now))
    return {pk: overlay(found) for pk, found in by_monitor.items()}


def _points(targets: Sequence[Target], start: datetime, now: datetime) -> defaultdict[int, list[Point]]:
    """Every change since `start`, and the last one before it: it says how the window began. What is no longer believed
    ends there, and maintenance at its end, also while no worker has written it.
    """
    rows = StatusChange.objects.filter(target__in=[target.pk for target in targets])
    before = rows.filter(at__lt=start).order_by("target_id", "-at", "-pk").distinct("target_id")
    since = rows.filter(at__gte=start).order_by("at", "pk")
    points: defaultdict[int, list[Point]] = defaultdict(list)
    for found in (before, since):
        for target, at, state, detail, code in found.values_list(
            "target_id", "at", "state", "detail", "code"
        ):
            points[target].append(Point(at, state, said(detail, code)))
    for each in targets:
        _standing, changes = expire(bare(each), now=now, watched_until=None)
        points[each.pk] += [Point(one.at, one.state, said(one.detail, one.code)) for one in changes]
    return points
