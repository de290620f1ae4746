"""Looking now instead of at the next mark: the monitor is made due, a worker does the rest within a moment."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from foundation import moment
from monitoring import announce
from monitoring.models import Monitor


def check(monitor: Monitor, *, by: User) -> bool:
    """Due at once; a look under way is void and done anew. False if the monitor is not watched."""
    with transaction.atomic():
        made_due = (
            Monitor.objects.watched().filter(pk=monitor.pk).update(due_at=moment.now(), lease_token=None)
        )
        announce.wake()
    return made_due == 1
