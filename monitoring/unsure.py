"""Monitors of which nobody can tell how they are."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from monitoring.models import Monitor, Target
from monitoring.states import State

FIRST_LOOK = timedelta(minutes=2)


def unsure(monitors: QuerySet[Monitor], now: datetime) -> QuerySet[Monitor]:
    """Those of `monitors` of which something was not seen, or not lately.

    Not those that were added a moment ago and wait for their first look.
    """
    present = Target.objects.filter(monitor=OuterRef("pk"), archived_at=None)
    unseen = present.filter(maintenance_until=None).filter(Q(state=State.UNKNOWN) | Q(fresh_until__lt=now))
    young = Q(looked_at=None, created_at__gt=now - FIRST_LOOK)
    return monitors.filter(Exists(unseen) | ~Exists(present)).exclude(young)
