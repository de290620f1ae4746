"""What the board shows: every monitor with its worst target, the worst first, by product. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q

from accounts.models import User
from monitoring.history import STRIP_OF, strips
from monitoring.marks import Mark, marks
from monitoring.models import ClockTimestamp, Monitor, Target
from monitoring.shown import as_shown
from monitoring.states import RANK, State
from monitoring.uptime import Segment
from products.models import Product

MOST = 300
SEARCH_FROM = 9


@dataclass(frozen=True)
class Line:
    """One monitor on the board; `target` is its worst, None before the first look of a summary."""

    monitor: Monitor
    target: Target | None
    targets: int
    failing: int
    strip: Sequence[Segment] = ()
    marks: Sequence[Mark] = ()

    @property
    def state(self) -> State:
        return State(self.target.state) if self.target else State.UNKNOWN

    @property
    def since(self) -> datetime:
        return self.target.since if self.target else self.monitor.created_at

    @property
    def is_confirming(self) -> bool:
        """Something fails that has not failed often enough yet to count."""
        return self.target is not None and self.target.fails > 0

    @property
    def why(self) -> str:
        """The sentence beside a state that is not up, or that the last look did not see again."""
        if self.target is None:
            return self.monitor.said
        return self.target.said if {self.target.state, self.target.seen} != {State.UP} else ""


@dataclass(frozen=True)
class Group:
    product: Product
    lines: Sequence[Line]


@dataclass(frozen=True)
class Board:
    """`counts` are by state of those that `words` found and that are on; `groups` hold at most MOST of `found`."""

    groups: Sequence[Group]
    counts: dict[State, int]
    off: int
    found: int
    all: int
    looked_at: datetime | None
    most: int = MOST

    @property
    def choices(self) -> list[tuple[str, str, int]]:
        """The states that something is in: key, word, how many."""
        return [(state.value, str(state.label), n) for state, n in self.counts.items() if n]

    @property
    def is_long(self) -> bool:
        return self.all >= SEARCH_FROM

    @property
    def is_cut(self) -> bool:
        return self.found > MOST


def board(user: User | AnonymousUser, *, now: datetime, words: str = "", state: str = "") -> Board:
    """What `user` may see, with `words` in its name, address or product, and in `state` if one is given."""
    mine = Monitor.objects.visible_to(user).present()
    lines = _lines(mine.named(words).select_related("product__team"), now)
    watched = [line for line in lines if line.monitor.enabled]
    counts = {each: sum(line.state == each for line in watched) for each in State}
    found = [line for line in lines if state in ("", line.state)]
    looked = [line.monitor.looked_at for line in lines if line.monitor.looked_at]
    return Board(
        groups=_groups(_with_strips(found[:MOST], now)),
        counts=counts,
        off=len(lines) - len(watched),
        found=len(found),
        all=mine.count() if words else len(lines),
        looked_at=max(looked, default=None),
    )


def of_product(user: User | AnonymousUser, product: Product, *, now: datetime) -> list[Line]:
    """The monitors of one product, the worst first, with their last 24 hours."""
    mine = Monitor.objects.visible_to(user).present().filter(product=product)
    return _with_strips(_lines(mine.select_related("product__team"), now)[:MOST], now)


def _lines(monitors: Iterable[Monitor], now: datetime) -> list[Line]:
    by_id = {monitor.pk: monitor for monitor in monitors}
    targets = Target.objects.filter(monitor__in=by_id.keys(), archived_at=None)
    worst = {target.monitor_id: target for target in targets.worst_of_each()}
    failing = Count("pk", filter=Q(state__in=(State.DOWN, State.DEGRADED), fresh_until__gte=ClockTimestamp()))
    sums = targets.values("monitor").annotate(n=Count("pk"), bad=failing).values_list("monitor", "n", "bad")
    counts = {pk: (n, bad) for pk, n, bad in sums}
    lines = []
    for pk, monitor in by_id.items():
        target = worst.get(pk)
        if target is not None:
            target.monitor = monitor
            as_shown([target], now)
        lines.append(Line(monitor, target, *counts.get(pk, (0, 0))))
    return sorted(lines, key=_worst_first)


def _worst_first(line: Line) -> tuple[bool, int, bool, str, int]:
    """What is switched off comes last: nobody waits for it."""
    name = line.monitor.name.lower()
    return not line.monitor.enabled, RANK[line.state], not line.is_confirming, name, line.monitor.pk


def _with_strips(lines: Sequence[Line], now: datetime) -> list[Line]:
    seen = strips([line.monitor for line in lines], now)
    told = marks((line.monitor.product_id for line in lines), now - STRIP_OF, now)
    return [
        replace(line, strip=seen.get(line.monitor.pk, ()), marks=told.get(line.monitor.product_id, ()))
        for line in lines
    ]


def _groups(lines: Sequence[Line]) -> list[Group]:
    """By product, in the order in which each product first appears: that of its worst monitor."""
    by_product: dict[int, list[Line]] = {}
    for line in lines:
        by_product.setdefault(line.monitor.product_id, []).append(line)
    return [Group(lines[0].monitor.product, lines) for lines in by_product.values()]
