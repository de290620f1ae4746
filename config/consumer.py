"""Celery's consumer, less patient: after the broker was away it is there again within seconds.

Its own pauses between attempts grow to 30 s, and five minutes without Redis are enough for that.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from celery.worker.consumer import Consumer as Patient

LONGEST_PAUSE_S = 3


class Consumer(Patient):
    """`CELERY_WORKER_CONSUMER`."""

    def ensure_connected(self, conn: Any) -> Any:
        conn.ensure_connection = partial(
            conn.ensure_connection, interval_start=0.5, interval_step=0.5, interval_max=LONGEST_PAUSE_S
        )
        return super().ensure_connected(conn)
