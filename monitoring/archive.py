"""Archiving a monitor: it leaves the board and is not looked at again; its changes are kept."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from monitoring import announce
from monitoring.blind import blind
from monitoring.models import Monitor


def archive(monitor: Monitor, *, by: User) -> bool:
    """Every target becomes unknown now. False if it was archived already."""
    with transaction.atomic():
        now = moment.now()
        rows = Monitor.objects.filter(pk=monitor.pk, archived_at=None)
        if not rows.update(archived_at=now, lease_token=None):
            return False
        blind(monitor, at=now, code="archived", detail=_("Archived by %(who)s") % {"who": by})
        announce.wake()
        announce.refresh([monitor.product.team_id])
    monitor.refresh_from_db(fields=["archived_at", "lease_token"])
    return True
