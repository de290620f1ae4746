"""The numbers that looks read, kept look by look and read again: who counts errors here, and what they counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from foundation import moment
from monitoring.counted import Counted, Run, counted
from monitoring.models import Count, Kind, Monitor, Target
from monitoring.probes.counting import ERRORS
from monitoring.probes.result import Result

# For a number that only grows, two looks may be this many intervals apart, or as many seconds.
NEAR = 3
AT_LEAST_S = 60
# What was read before a time may still speak of its begin.
EARLIER = timedelta(hours=1)
# A year and a month: an incident's own answers are kept with it.
KEPT_FOR = timedelta(days=400)


@dataclass(frozen=True)
class Source:
    """A monitor that counts, with what its looks read."""

    monitor: Monitor
    runs: Sequence[Run]

    @property
    def name(self) -> str:
        return self.monitor.name

    def counted(self, start: datetime, end: datetime) -> Counted:
        return counted(self.runs, start, end)

    @property
    def seen_until(self) -> datetime | None:
        return max((run.until for run in self.runs), default=None)

    @property
    def reach(self) -> timedelta:
        """How long it may be that nobody read it without anybody missing it."""
        over = max((run.over_s for run in self.runs), default=0)
        return timedelta(seconds=max(over, NEAR * self.monitor.interval_s, AT_LEAST_S))


def keep(found: Iterable[tuple[Monitor, Target, Result]], now: datetime) -> None:
    """The numbers of looks at `now`, in the transaction that stores them. At most three statements."""
    rows = [(monitor, target, result) for monitor, target, result in found if result.count is not None]
    if not rows:
        return
    last = {
        one.target_id: one
        for one in Count.objects.filter(target__in=[target.pk for _m, target, _r in rows])
        .order_by("target_id", "-until", "-pk")
        .distinct("target_id")
    }
    new, longer = [], []
    for monitor, target, result in rows:
        made = _row(monitor, target, result, now)
        before = last.get(target.pk)
        if before and _same(before, made):
            before.until = now
            longer.append(before)
        elif made:
            new.append(made)
    Count.objects.bulk_create(new)
    Count.objects.bulk_update(longer, ["until"])


def _row(monitor: Monitor, target: Target, result: Result, now: datetime) -> Count:
    assert result.count
    read = result.count
    return Count(
        target=target, what=read.what, number=read.number, over_s=read.over_s,
        reach_s=read.over_s or max(NEAR * monitor.interval_s, AT_LEAST_S),
        asked=_asked(monitor), since=now, until=now,
    )  # fmt: skip


def _same(before: Count, made: Count) -> bool:
    facts = ("what", "number", "over_s", "asked")
    near = timedelta(0) <= made.since - before.until <= timedelta(seconds=made.reach_s)
    return near and all(getattr(before, name) == getattr(made, name) for name in facts)


def _asked(monitor: Monitor) -> str:
    text = json.dumps([monitor.target, monitor.expect], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def counts(kind: str, expect: Mapping[str, object]) -> str:
    """What a monitor of these facts counts, "" for one that counts nothing."""
    counting = kind == Kind.PROMETHEUS or bool(expect.get("count"))
    return str(expect.get("counts") or ERRORS) if counting else ""


def sources(product: int, since: datetime) -> dict[str, list[Source]]:
    """Who counts what of the product: those that are watched now, and those that have counted since. One query where
    nobody does, else two.
    """
    rows = Count.objects.filter(target__monitor__product=product, until__gte=since - EARLIER)
    asked = Q(kind=Kind.PROMETHEUS) | Q(expect__has_key="count")
    mine = Monitor.objects.filter(asked | Q(pk__in=rows.values("target__monitor")), product=product)
    monitors = list(mine.order_by("name", "pk"))
    runs: dict[tuple[int, str], list[Run]] = {}
    fields = ("number", "over_s", "reach_s", "asked", "since", "until")
    read = rows.order_by("since", "pk").values_list("target__monitor_id", "what", *fields)
    for monitor, what, *facts in read if monitors else ():
        runs.setdefault((monitor, what), []).append(Run(*facts))
    found: dict[str, list[Source]] = {}
    for one in monitors:
        watched = one.enabled and one.archived_at is None
        now = {counts(one.kind, one.expect)} - {""} if watched else set()
        for what in sorted(now | {what for pk, what in runs if pk == one.pk}):
            found.setdefault(what, []).append(Source(one, runs.get((one.pk, what), ())))
    return found


def forget() -> int:
    """Numbers of more than a year ago."""
    return Count.objects.filter(until__lt=moment.now() - KEPT_FOR).delete()[0]
