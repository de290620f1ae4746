"""A person says that an alert is over, for tools that never do; its source may say that it fires at any time."""

from __future__ import annotations

import structlog
from django.db import transaction

from accounts.models import User
from foundation import moment
from monitoring import announce
from monitoring.models import Alert, AlertChange, AlertSource, AlertState

_log = structlog.get_logger(__name__)


def end(alert: Alert, *, by: User) -> bool:
    """It is over from now on; its incident is told as if the source had said so. False if it was over already."""
    with transaction.atomic():
        # Held as by who judges what arrives: neither writes over what the other has just written.
        AlertSource.objects.select_for_update(no_key=True).get(pk=alert.source_id)
        now, token = moment.now(), by.by_token
        fires = Alert.objects.filter(pk=alert.pk, state=AlertState.FIRING)
        ended = fires.update(
            state=AlertState.RESOLVED, ended_at=now, since=now, ended_by=by, ended_token=token
        )
        if ended:
            AlertChange.objects.create(alert=alert, state=AlertState.RESOLVED, at=now, by=by, token=token)
            announce.wake()
            announce.refresh([alert.source.product.team_id])
            _log.info("alert.ended", alert=alert.pk, by=by.pk)
    alert.refresh_from_db()
    return bool(ended)
