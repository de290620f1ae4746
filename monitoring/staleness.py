"""Nothing stays believed by itself: what was not seen in time becomes unknown, from the moment it was no longer fresh.
Nor does maintenance outlast its end.

Also after Nightdesk was stopped: the first sweep writes the gap, dated back to where it began, before anything else is
said. An unwatched minute is never called healthy.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from foundation import moment
from monitoring.maintenance.settle import settle
from monitoring.models import Monitor, Target
from monitoring.states import State

LIMIT = 500
GONE_FOR = timedelta(days=7)
KEPT_FOR = timedelta(days=90)


def mark_stale(limit: int = LIMIT) -> int:
    """Up to `limit` targets whose last good look is too old become unknown, or leave maintenance that is over; returns
    how many changes that made. One look at a partial index when there are none.
    """
    now = moment.now()
    if not Target.objects.stale(now).exists():
        return 0
    with transaction.atomic():
        rows = Target.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
            "monitor__product"
        )
        return settle(rows.filter(pk__in=_ids(now, limit)).order_by("pk"), now)


def _ids(now: object, limit: int) -> list[int]:
    return list(Target.objects.stale(now).order_by("fresh_until").values_list("pk", flat=True)[:limit])  # type: ignore[arg-type]


def archive_missing() -> int:
    """Targets that a summary has not listed for a week leave the pages; one that comes back is taken in again."""
    now = moment.now()
    gone = Target.objects.filter(
        state=State.UNKNOWN, code="missing", since__lt=now - GONE_FOR, archived_at=None
    )
    return gone.update(archived_at=now)


def forget_kept() -> int:
    """What a probe read is kept for 90 days at most."""
    old = Monitor.objects.filter(kept_at__lt=moment.now() - KEPT_FOR)
    return old.update(kept="", kept_code="", kept_at=None)
