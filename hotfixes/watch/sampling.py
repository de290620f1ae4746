"""The looks of a running watch: kept in the transaction that stores them, and from the monitors' past where the watch
was opened later than what it watches happened.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Least

from foundation import moment
from foundation.crash import crashpoint
from hotfixes.models import Watch, WatchSample
from hotfixes.watch.shapes import BAD, GOOD, UNKNOWN, Sample, Watched
from incidents import glance
from monitoring import announce
from monitoring.history import between
from monitoring.looks import Looked
from monitoring.models import Target
from monitoring.states import State

# Of one target, when a watch is opened late: twice as many at most. The first looks lie as close as the monitor's own,
# for so many times what the watch asks for: they show how it went, and what follows only that it stayed so.
MOST_BEFORE = 2_000
DENSE = 2


def keep(looked: Sequence[Looked]) -> None:
    """A sample per look and running watch of the product; a confirmed fault is judged at once."""
    products = {one.monitor.product_id for one in looked}
    running = Watch.objects.filter(state=Watch.State.RUNNING, product__in=products)
    watches = list(running.order_by("pk").values_list("pk", "product_id"))
    if not watches:
        return
    rows = [
        _row(watch, one) for watch, product in watches for one in looked if one.monitor.product_id == product
    ]
    WatchSample.objects.bulk_create(rows, ignore_conflicts=True)
    crashpoint("watch.kept")
    ill = {row.watch_id for row in rows if row.verdict == BAD}
    if ill:
        now = moment.now()
        Watch.objects.filter(pk__in=ill).update(look_at=Least("look_at", now))
        announce.wake()


def _row(watch: int, one: Looked) -> WatchSample:
    verdict, confirmed = said(one.target)
    detail = "" if verdict == GOOD else one.target.said[:200]
    return WatchSample(
        watch_id=watch, target=one.target, at=one.at, verdict=verdict, confirmed=confirmed, detail=detail
    )


def said(target: Target) -> tuple[str, bool]:
    """What the last look means for a watch. Well is only what Nightdesk itself says is up; degraded is not well, and
    no failure. In maintenance a look says neither.
    """
    if target.state == State.MAINTENANCE:
        return UNKNOWN, False
    if target.seen == State.DOWN:
        return BAD, target.state == State.DOWN
    return (GOOD if target.seen == target.state == State.UP else UNKNOWN), False


def backfill(watch: Watch, since: datetime, now: datetime) -> None:
    """What the monitors have seen since `since`: their states stand for the looks that nobody kept. The last look
    before it counts too.
    """
    targets = list(targets_of(watch))
    strips = between(targets, since, now)
    rows = []
    for target in targets:
        dense = min(now, since + timedelta(seconds=DENSE * watch.least_s))
        close = _step(target, since, dense)
        wide = _step(target, dense, now)
        at = target.monitor.looked_at
        if at is None:
            continue
        if at <= since and since - at <= target.monitor.fresh_for:
            verdict, confirmed = said(target)
            rows.append(_seed(watch, target, at, verdict, confirmed))
            continue
        for piece in strips[target.pk]:
            verdict = {State.UP: GOOD, State.DOWN: BAD}.get(State(piece.state), UNKNOWN)
            moment_ = piece.start
            while moment_ < min(piece.end, at):
                rows.append(_seed(watch, target, moment_, verdict, verdict == BAD))
                moment_ += close if moment_ < dense else wide
        rows.append(_seed(watch, target, at, *said(target)))
    WatchSample.objects.bulk_create(rows, ignore_conflicts=True)


def _step(target: Target, start: datetime, end: datetime) -> timedelta:
    return timedelta(seconds=max(target.monitor.interval_s, (end - start).total_seconds() / MOST_BEFORE))


def _seed(watch: Watch, target: Target, at: datetime, verdict: str, confirmed: bool) -> WatchSample:
    return WatchSample(watch=watch, target=target, at=at, verdict=verdict, confirmed=confirmed)


def targets_of(watch: Watch) -> list[Target]:
    """What the enabled monitors of the watch's product see."""
    rows = Target.objects.present().filter(monitor__product=watch.product_id, monitor__enabled=True)
    found = rows.select_related("monitor").order_by("pk")
    return glance.once(watch.incident, f"watched {watch.product_id}", lambda: list(found))


def samples(watch: Watch, since: datetime | None = None) -> list[Sample]:
    """All of them are read once for a page."""
    found = watch.samples.order_by("at", "pk").values_list("target_id", "at", "verdict", "confirmed")
    if since:
        return [Sample(*row) for row in found.filter(at__gte=since)]
    return glance.once(watch.incident, f"samples {watch.pk}", lambda: [Sample(*row) for row in found])


def watched(watch: Watch, kept: Iterable[Sample]) -> list[Watched]:
    """The targets to be watched: those that can be looked at now, and those that were, until they were switched off.
    What came when the watch had ended never was."""
    first: dict[int, datetime] = {}
    last: dict[int, datetime] = {}
    for one in kept:
        first.setdefault(one.target, one.at)
        last[one.target] = one.at
    present = {target.pk: target for target in targets_of(watch)}
    gone = Target.objects.filter(pk__in=set(first) - set(present)).select_related("monitor")
    found = []
    for target in [*present.values(), *gone.order_by("pk")]:
        until = None if target.pk in present else last.get(target.pk)
        came = first.get(target.pk, target.created_at)
        if watch.ended_at and came >= watch.ended_at:
            continue
        since = came if min(came, target.created_at) > watch.kept_from else None
        found.append(Watched(target.pk, name_of(target), target.monitor.interval_s, since, until))
    return found


def name_of(target: Target) -> str:
    monitor = target.monitor.name
    return monitor if not target.name or target.name == monitor else f"{monitor}: {target.name}"
