"""Switching a monitor off and on. Off means: nobody knows how it is, and the pages say so."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from monitoring import announce
from monitoring.blind import blind
from monitoring.models import Monitor

OFF = "switched_off"


def disable(monitor: Monitor, *, by: User) -> bool:
    """Stops the looks; every target becomes unknown now. False if it was off already."""
    with transaction.atomic():
        if not _switched(monitor, enabled=False):
            return False
        blind(monitor, at=moment.now(), code=OFF, detail=_("Switched off by %(who)s") % {"who": by})
        announce.wake()
        announce.refresh([monitor.product.team_id])
    return True


def enable(monitor: Monitor, *, by: User) -> bool:
    """Due at once; unknown until the first look. False if it was on already."""
    with transaction.atomic():
        if not _switched(monitor, enabled=True):
            return False
        announce.wake()
        announce.refresh([monitor.product.team_id])
    return True


def _switched(monitor: Monitor, *, enabled: bool) -> bool:
    """Compare-and-set; the row stays locked until the end of the transaction."""
    rows = Monitor.objects.filter(pk=monitor.pk, enabled=not enabled, archived_at=None)
    changed = rows.update(enabled=enabled, due_at=moment.now(), lease_token=None) == 1
    monitor.refresh_from_db(fields=["enabled", "due_at", "lease_token"])
    return changed
