"""Targets as the windows that hold make them: into maintenance at its begin, out of it at its end.

At its end a target is looked at at once. Scripts get a whole interval after it before their silence counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation import moment
from monitoring import announce
from monitoring.maintenance.holding import holding
from monitoring.models import Maintenance, Monitor, Target
from monitoring.standings import Written, standing_of
from monitoring.states import State
from monitoring.transitions import keep

LIMIT = 500

# Who holds a monitor's row is changing or looking at it: nobody waits for them here, with targets in hand.
_LOOK_AT_ONCE = """
UPDATE monitoring_monitor SET due_at = %s
 WHERE id IN (SELECT id FROM monitoring_monitor
               WHERE id = ANY(%s) AND lease_token IS NULL AND target <> '' AND due_at > %s
                 FOR UPDATE SKIP LOCKED)
"""


def begin_due(limit: int = LIMIT) -> int:
    """Up to `limit` targets go into maintenance that has begun, or stay in it longer; returns how many changes that
    made. One look at an index when there is none.
    """
    now = moment.now()
    if not Maintenance.objects.holding(now).exists():
        return 0
    with transaction.atomic():
        rows = Target.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
            "monitor__product"
        )
        return settle(rows.filter(pk__in=list(_due(now)[:limit])).order_by("pk"), now)


def _due(now: datetime) -> QuerySet[Target, int]:
    windows = Maintenance.objects.holding(now).covering(OuterRef("monitor"), OuterRef("monitor__product"))
    outside = ~Q(state=State.MAINTENANCE) & Exists(windows)
    shorter = Exists(windows.filter(ends_at__gt=OuterRef("maintenance_until")))
    present = Target.objects.present().filter(monitor__enabled=True)
    return present.filter(outside | shorter).order_by("pk").values_list("pk", flat=True)


def settle_window(window: Maintenance, now: datetime) -> None:
    """After a verb has changed `window`: at once, not at the next sweep. Monitors first, then targets: the order of
    every writer.
    """
    mine = Monitor.objects.select_for_update(of=("self",)).present()
    chosen = [monitor.pk for monitor in window.monitors.all()]
    mine = mine.filter(pk__in=chosen) if chosen else mine.filter(product=window.product_id)
    held = [monitor.pk for monitor in mine.order_by("pk")]
    rows = Target.objects.select_for_update(of=("self",)).select_related("monitor__product")
    found = rows.filter(monitor__in=held, archived_at=None).order_by("pk")
    settle(found, now)
    if window.starts_at <= now:
        # Scripts were excused until the end that it had: now it has another one.
        excused = Monitor.objects.filter(pk__in=held, listening_since__gt=now)
        excused.update(listening_since=max(now, window.ends_at))


def settle(targets: Iterable[Target], now: datetime) -> int:
    """Writes what time alone has made of `targets`, whose rows the caller has locked: a window, its end, or that they
    are believed no longer. Returns how many changes that made.
    """
    rows = list(targets)
    held = holding({target.monitor_id: target.monitor.product_id for target in rows}, now)
    written, free = Written(), set[int]()
    for target in rows:
        was = standing_of(target)
        monitor = target.monitor
        mine = held.get(monitor.pk) if monitor.enabled else None
        standing, changes = keep(was, mine, now=now, watched_until=monitor.watched_until)
        if standing != was:
            written.add(target, standing, changes)
            if was.until and not standing.until:
                free.add(target.monitor_id)
    written.save()
    look_at_once(free, now)
    if written.changes:
        announce.wake()
        announce.refresh(target.monitor.product.team_id for target, _ in written.changes)
    return len(written.changes)


def look_at_once(monitors: Iterable[int], now: datetime) -> None:
    """How they are after their maintenance is asked now, not at their next mark."""
    if ids := sorted(monitors):
        with connection.cursor() as cursor:
            cursor.execute(_LOOK_AT_ONCE, [now, ids, now])
        announce.wake()
