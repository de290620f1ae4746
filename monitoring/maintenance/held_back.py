"""Which alerts of other tools maintenance holds back, and when it let go of them.

Only windows of the whole product do: an alert names no monitor. What is held back is a change that nobody has handled
(monitoring.AlertChange.held_at), so nothing has to happen at the end: it is due as soon as no window holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from monitoring.models import AlertChange, Maintenance
from monitoring.models.maintenance import Moment


@dataclass(frozen=True)
class Spans:
    """The windows of a product that began before `now`, by their begin; `is_on`: one of them holds."""

    spans: Sequence[tuple[datetime, datetime]]
    now: datetime

    @property
    def is_on(self) -> bool:
        return any(start <= self.now < end for start, end in self.spans)

    def end_of(self, change: AlertChange) -> datetime | None:
        """When that ended which held `change` back; None where nothing did, or does still. Windows that overlap
        are one."""
        told = end = change.held_at or change.recorded_at
        for start, until in self.spans:
            if start <= end < until:
                end = until
        if end > self.now:
            return None
        # Its window was ended in the moment in which it was held back.
        return end if end > told else change.held_at


def spans_of(product_id: int, changes: Iterable[AlertChange], now: datetime) -> Spans:
    """One query."""
    since = min((change.held_at or change.recorded_at for change in changes), default=now)
    rows = Maintenance.objects.of_whole(product_id).filter(
        cancelled_at=None, starts_at__lte=now, ends_at__gt=since
    )
    return Spans(list(rows.order_by("starts_at").values_list("starts_at", "ends_at")), now)


def due(rows: QuerySet[AlertChange], now: Moment) -> QuerySet[AlertChange]:
    """Of `rows` those that no window holds back."""
    on = Maintenance.objects.of_whole(OuterRef("alert__source__product")).holding(now)
    return rows.filter(Q(held_at=None) | ~Exists(on))
