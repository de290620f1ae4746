"""What is known of a watch, and of what was counted meanwhile, as plain values. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# What is left uncounted of the time at the most, in percent, for a count to speak of all of it.
SLACK = 5
# A count that began this much before the deployment still speaks of the time after it.
EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counted:
    """Errors or users' reports of one source over a time. `said`: by a person, who may be wrong."""

    kind: str
    count: int
    since: datetime
    until: datetime
    source: str = ""
    by: str = ""
    said: bool = False
    at: datetime | None = None

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()

    @property
    def line(self) -> str:
        words = [f"{self.since.isoformat()} – {self.until.isoformat()}: {self.count}", self.source]
        return " ".join(filter(None, [*words, f"({self.by})" if self.by else ""]))


@dataclass(frozen=True, slots=True)
class WatchFacts:
    """`counts_from` null: the time does not count yet. `ends_at`: by what is known now. `why` as in Course. `failed`:
    who failed it, until it counts again. `origin`: the monitor that opened the incident, up since `origin_since`.
    """

    state: str
    kept_from: datetime
    counts_from: datetime | None
    least_s: int
    counted_s: float
    coverage: float | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    extended_s: float = 0
    restarts: int = 0
    why: str = ""
    failed: str = ""
    said_by: str = ""
    watched: tuple[str, ...] = ()
    origin: str = ""
    origin_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What one source counted since the deployment. `worse`: more than before, for the time; None: nobody counted
    before. `whole`: it speaks of all the time until `needed`, or of as much of it as is over (`so_far`).
    """

    count: int
    until: datetime
    source: str
    said: bool
    worse: bool | None
    whole: bool
    lines: tuple[str, ...]
    by: str = ""
    before: int | None = None


def reckon(rows: Sequence[Counted], kind: str, *, deployed_at: datetime, needed: datetime) -> Reckoned | None:
    """By the worst of the sources, or the one that knows most; None where nobody has counted since the deployment.
    Two sources are never added up.
    """
    found = by_source(rows, kind, deployed_at=deployed_at, needed=needed)
    if not found:
        return None
    bad = [one for one in found if one.count and one.worse is not False]
    return max(bad or found, key=lambda one: (one.count if bad else one.whole, one.until))


def by_source(
    rows: Sequence[Counted], kind: str, *, deployed_at: datetime, needed: datetime
) -> list[Reckoned]:
    """Each source that has counted since the deployment."""
    sources: dict[str, list[Counted]] = {}
    for row in rows:
        if row.kind == kind:
            sources.setdefault(row.source.strip().casefold(), []).append(row)
    return [one for mine in sources.values() if (one := _of_source(mine, deployed_at, needed))]


def _of_source(rows: list[Counted], deployed_at: datetime, needed: datetime) -> Reckoned | None:
    after = _apart(
        [one for one in rows if one.since >= deployed_at - EARLY and one.until > deployed_at], deployed_at
    )
    if not after:
        return None
    before = _apart(
        [one for one in rows if one.until <= deployed_at + EARLY and one.since < deployed_at - EARLY]
    )
    count, seconds = sum(one.count for one in after), sum(one.seconds for one in after)
    was, was_s = sum(one.count for one in before), sum(one.seconds for one in before)
    worse = count * was_s > was * seconds if was_s else None if count else False
    asked = (needed - deployed_at).total_seconds()
    inside = sum(
        max(0.0, (min(until, needed) - max(since, deployed_at)).total_seconds())
        for since, until in _union(after)
    )
    return Reckoned(
        count,
        max(one.until for one in after),
        after[-1].source,
        any(one.said for one in after),
        worse,
        inside * 100 >= asked * (100 - SLACK),
        tuple(one.line for one in [*before[-3:], *after[-5:]]),
        after[-1].by,
        was if was_s else None,
    )


def _apart(rows: list[Counted], start: datetime | None = None) -> list[Counted]:
    """Those that do not overlap, the later told first: who counts the same time again corrects what was counted before.
    One that speaks also of a time (since `start`) of which nobody told later stays: no window that overlaps it a little
    hides what it counted.
    """
    kept: list[Counted] = []
    beside: list[Counted] = []
    for row in reversed(rows):
        overlaps = any(row.since < one.until and one.since < row.until for one in kept)
        (beside if overlaps else kept).append(row)
    for row in beside:
        begun = max(row.since, start) if start else row.since
        if not any(since <= begun and row.until <= until for since, until in _union(kept)):
            kept.append(row)
    return sorted(kept, key=lambda one: one.since)


def _union(rows: Iterable[Counted]) -> list[tuple[datetime, datetime]]:
    """The stretches that they speak of, each moment once."""
    found: list[tuple[datetime, datetime]] = []
    for row in sorted(rows, key=lambda one: one.since):
        if found and row.since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], row.until))
        else:
            found.append((row.since, row.until))
    return found
