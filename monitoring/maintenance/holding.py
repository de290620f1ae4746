"""Which maintenance holds of monitors at a moment. Of windows that overlap the time is one: it counts once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value

from monitoring.models import Maintenance
from monitoring.transitions import Held


def holding(monitors: Mapping[int, int], now: datetime) -> dict[int, Held]:
    """By monitor, of `monitors` with their products: only those that are in maintenance. One query.

    Asked by who holds the targets' rows: a window that is ended or set meanwhile waits for them, and sees to them.
    """
    found: dict[int, Held] = {}
    if not monitors:
        return found
    named = ArrayAgg("monitors", filter=Q(monitors__isnull=False), default=Value([]))
    columns = ("product_id", "starts_at", "ends_at", "reason", "named")
    rows = Maintenance.objects.holding(now).annotate(named=named).order_by("ends_at", "pk")
    for product, start, end, reason, chosen in rows.values_list(*columns):
        for monitor, its in monitors.items():
            if monitor in chosen or (not chosen and its == product):
                before = found.get(monitor)
                found[monitor] = Held(min(start, before.start) if before else start, end, reason)
    return found
