"""How long what sources told is kept: bodies 90 days and the newest ones of each source, alerts 90 days after the last
word of them. What an incident was told stands on its timeline."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef

from foundation import moment
from monitoring.models import Alert, AlertChange, AlertPayload

KEPT_FOR = timedelta(days=90)
KEPT_OF_A_SOURCE = 200
AT_ONCE = 5_000

_TOO_MANY = """
DELETE FROM monitoring_alertpayload WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY source_id ORDER BY last_at DESC, id DESC) AS place
          FROM monitoring_alertpayload WHERE judged_at IS NOT NULL) AS placed
     WHERE place > %s LIMIT %s)"""


def forget_old() -> int:
    """Some thousands at a time; returns how many bodies."""
    before = moment.now() - KEPT_FOR
    old = AlertPayload.objects.filter(last_at__lt=before).exclude(judged_at=None).values("pk")[:AT_ONCE]
    gone: int = AlertPayload.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
    with connection.cursor() as cursor:
        cursor.execute(_TOO_MANY, [KEPT_OF_A_SOURCE, AT_ONCE])
        gone += cursor.rowcount
    waiting = Exists(AlertChange.objects.filter(alert=OuterRef("pk"), handled_at=None))
    silent = Alert.objects.filter(~waiting, last_seen__lt=before, incident="")
    Alert.objects.filter(pk__in=list(silent.values_list("pk", flat=True)[:AT_ONCE])).delete()
    return gone
