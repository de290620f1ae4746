"""How far a watch has come, by the looks that were kept (K61, K98, C3). Pure: no database, no clock of its own.

- Samples are kept from the deployment on; the time counts from `counts_from`, null until then.
- Watched is the time between two good looks at a target that follow each other at most `max_gap` of its intervals
  apart, and of several targets the time in which all of them were watched. What nobody saw is never well: a look that
  could not tell, or a bad one that nothing confirmed, takes its surroundings out of the time and is no failure. Time
  in which there was no target yet, or none any more, was watched by nobody.
- It is over once `least_s` seconds were watched, in a stretch of which `coverage` percent were: the holes of at most
  the longest gap count in full against it, longer ones as if they were as long as that. So no hole, however long,
  makes it shorter, and each makes it at least as much longer as it lasts.
- A longer hole is a gap, which is said, with whose it is.
- A confirmed failure (the monitor says down) ends the count, as does a target that flaps: good between two bad looks.
  The count begins again where what failed is well again. One that was down since before the deployment has `GRACE`.
- A target looked at too seldom for the time (fewer than `max_gap` looks in it) can't show that it is well; it fails it
  all the same. Without any other target nothing is ever over by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from hotfixes.watch.shapes import BAD, GOOD, Course, Failure, Gap, Rule, Sample, Span, Watched, Why

GRACE: Final = timedelta(minutes=5)
# Within this time, or `max_gap` intervals, a target that is bad, good and bad again flaps.
FLAP: Final = timedelta(minutes=1)


def course(
    samples: Iterable[Sample],
    watched: Sequence[Watched],
    rule: Rule,
    *,
    kept_from: datetime,
    counts_from: datetime | None,
    now: datetime,
    maintenance: Sequence[Span] = (),
    not_before: datetime | None = None,
) -> Course:
    """How the watch stands at `now`. `samples` in any order; those in maintenance, or after `now`, say nothing. It
    is not over `not_before`, the end of a promise that is longer: what fails until then has failed.
    """
    looks = _by_target(samples, now, maintenance)
    often = [one for one in watched if not _rare(one, rule)]
    rare = tuple(one.name for one in watched if _rare(one, rule))
    names = tuple(one.name for one in often)
    if counts_from is None or counts_from > now:
        return Course(0.0, rule.least_s, why="not_yet", rare=rare, watched=names)
    failure = _failure(looks, watched, rule, kept_from, counts_from)
    if not often:
        why: Why = "failed" if failure else "nobody"
        return Course(0.0, rule.least_s, failure=failure, why=why, rare=rare)
    end = failure.at if failure else now
    holes = {one.key: _holes(looks.get(one.key, ()), one, rule, counts_from, end) for one in often}
    blind = _blind(often, counts_from, end)
    longest = timedelta(seconds=rule.max_gap * max(one.interval_s for one in often))
    pieces = _pieces(
        _joined([*blind, *(hole for found in holes.values() for hole in found)]), counts_from, end
    )
    gaps = _gaps(often, holes, blind, rule, end)
    found = _measured(rule, pieces, gaps, longest, counts_from, end, failure=failure, not_before=not_before)
    return replace(found, rare=rare, watched=names)


def recovered_at(
    samples: Iterable[Sample], watched: Sequence[Watched], rule: Rule, now: datetime
) -> datetime | None:
    """Since when all that was ill is well again; None while something still is. What is bad, good and bad again in a
    short time is not well yet.
    """
    looks = _by_target(samples, now, ())
    since: datetime | None = None
    for one in watched:
        mine = looks.get(one.key, [])
        bad = [n for n, look in enumerate(mine) if look.verdict == BAD]
        if not bad:
            continue
        well = next((look.at for look in mine[bad[-1] :] if look.verdict == GOOD), None)
        if well is None or mine[-1].verdict != GOOD or now - mine[bad[-1]].at < _flap(one, rule):
            return None
        since = max(since, well) if since else well
    return since


def _rare(one: Watched, rule: Rule) -> bool:
    return one.interval_s * rule.max_gap > rule.least_s


def _flap(one: Watched, rule: Rule) -> timedelta:
    return max(FLAP, timedelta(seconds=one.interval_s * rule.max_gap))


def _by_target(
    samples: Iterable[Sample], now: datetime, maintenance: Sequence[Span]
) -> dict[int, list[Sample]]:
    found: dict[int, list[Sample]] = {}
    for look in sorted(samples, key=lambda look: look.at):
        if look.at <= now and not any(start <= look.at < end for start, end in maintenance):
            found.setdefault(look.target, []).append(look)
    return found


def _failure(
    looks: dict[int, list[Sample]],
    watched: Sequence[Watched],
    rule: Rule,
    kept_from: datetime,
    counts_from: datetime,
) -> Failure | None:
    """The first one since the time counts."""
    found = []
    for one in watched:
        mine = looks.get(one.key, [])
        well = False
        before: datetime | None = None  # the last bad look that a good one followed
        for n, look in enumerate(mine):
            if look.verdict == GOOD:
                well = well or look.at >= kept_from
                if n and mine[n - 1].verdict == BAD:
                    before = mine[n - 1].at
            if look.verdict != BAD or look.at < counts_from:
                continue
            if look.confirmed and (well or look.at >= kept_from + GRACE):
                found.append(Failure(look.at, one.key, one.name))
                break
            if before and before >= counts_from and look.at - before <= _flap(one, rule):
                found.append(Failure(look.at, one.key, one.name, flapped=True))
                break
    return min(found, key=lambda failure: failure.at, default=None)


def _holes(mine: Sequence[Sample], one: Watched, rule: Rule, start: datetime, end: datetime) -> list[Span]:
    """The stretches from `start` to `end` in which it was not seen to be well."""
    start = max(start, one.since) if one.since else start
    last = min(end, one.until) if one.until else end
    if start >= last:
        return []
    most = timedelta(seconds=one.interval_s * rule.max_gap)
    found: list[Span] = []
    reached = start
    for before, after in pairwise(mine):
        good = before.verdict == after.verdict == GOOD and after.at - before.at <= most
        if not good or after.at <= start or before.at >= last:
            continue
        if before.at > reached:
            found.append((reached, before.at))
        reached = max(reached, min(after.at, last))
    if reached < last:
        found.append((reached, last))
    return found


def _blind(watched: Sequence[Watched], start: datetime, end: datetime) -> list[Span]:
    """The stretches from `start` to `end` in which there was no target that could be looked at."""
    there = _joined((max(start, one.since or start), min(end, one.until or end)) for one in watched)
    return _pieces([(a, b) for a, b in there if a < b], start, end)


def _joined(holes: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(holes):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _pieces(holes: Sequence[Span], start: datetime, end: datetime) -> list[Span]:
    """What lies between the holes."""
    edges = [start, *(edge for hole in holes for edge in hole), end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _gaps(
    watched: Sequence[Watched],
    holes: dict[int, list[Span]],
    blind: Sequence[Span],
    rule: Rule,
    now: datetime,
) -> tuple[Gap, ...]:
    """The holes longer than `max_gap` intervals, those that overlap as one; and all that nobody could look into."""
    found: list[tuple[datetime, datetime, list[str]]] = [(start, end, []) for start, end in blind]
    found += [
        (start, end, [one.name])
        for one in watched
        for start, end in holes[one.key]
        if (end - start).total_seconds() > rule.max_gap * one.interval_s
    ]
    joined: list[tuple[datetime, datetime, list[str]]] = []
    for start, end, names in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]), [*joined[-1][2], *names])
        else:
            joined.append((start, end, names))
    return tuple(Gap(a, b, tuple(dict.fromkeys(who)), b == now) for a, b, who in joined)


def _measured(
    rule: Rule,
    pieces: Sequence[Span],
    gaps: tuple[Gap, ...],
    longest: timedelta,
    start: datetime,
    end: datetime,
    *,
    failure: Failure | None,
    not_before: datetime | None,
) -> Course:
    """What was seen from `start` to `end`, the failure or now. Over before the failure, it has not failed."""
    complete_at, left_s = _over(rule, pieces, longest, start)
    if complete_at and not_before:
        complete_at = max(complete_at, not_before)
    if complete_at and failure and failure.at <= complete_at:
        complete_at = None
    if complete_at:
        failure = None
    lasting = bool(gaps and gaps[-1].open)
    seen_until = pieces[-1][1] if pieces else start
    goes_on = end if lasting else seen_until
    counted = sum((b - a).total_seconds() for a, b in pieces)
    whole = counted + _against(pieces, longest, start) + lasting * longest.total_seconds()
    why: Why = "failed" if failure else "" if complete_at else "gap" if lasting else "time"
    if why == "time" and counted >= rule.least_s:
        why = "coverage"
    soonest = complete_at or max(goes_on + timedelta(seconds=left_s), not_before or goes_on)
    return Course(
        counted, rule.least_s, coverage=100 * counted / whole if whole else None, gaps=gaps, failure=failure,
        ends_at=None if failure else soonest, complete_at=complete_at, why=why, pieces=tuple(pieces),
    )  # fmt: skip


def _against(pieces: Sequence[Span], longest: timedelta, start: datetime) -> float:
    """Seconds of the holes before and between `pieces`, none of them longer than `longest`."""
    edges = [(start, start), *pieces]
    return sum(min(b[0] - a[1], longest).total_seconds() for a, b in pairwise(edges))


def _over(
    rule: Rule, pieces: Sequence[Span], longest: timedelta, start: datetime
) -> tuple[datetime | None, float]:
    """When it was over for the first time, and else how many seconds are still to be watched at the least.

    Any stretch that begins with a piece may be the one of which enough was watched, and the one from `start` on.
    """
    seen = [0.0]
    holes: list[float] = []
    for n, (a, b) in enumerate(pieces):
        seen.append(seen[-1] + (b - a).total_seconds())
        before = pieces[n - 1][1] if n else start
        holes.append((holes[-1] if holes else 0.0) + min(a - before, longest).total_seconds())
    part = rule.coverage / 100
    first: datetime | None = None
    left = float(rule.least_s)
    for n in range(-1, len(pieces)):
        base, gone = (seen[n], holes[n]) if n >= 0 else (0.0, 0.0)
        for m in range(max(n, 0), len(pieces)):
            needed = base + _needed(rule, part, holes[m] - gone)
            if needed <= seen[m + 1]:
                at = pieces[m][0] + timedelta(seconds=max(0.0, needed - seen[m]))
                first = min(first, at) if first else at
                break
        if holes or n == -1:
            left = min(left, base + _needed(rule, part, (holes[-1] if holes else 0.0) - gone) - seen[-1])
    return first, max(0.0, left)


def _needed(rule: Rule, part: float, holes: float) -> float:
    """How many seconds must have been watched beside `holes` seconds that were not."""
    if holes <= 0:
        return float(rule.least_s)
    return max(float(rule.least_s), part * holes / (1 - part)) if part < 1 else float("inf")
