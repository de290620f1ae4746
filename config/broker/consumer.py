"""Celery's consumer, less patient: after the broker was away it is there again within seconds.

Its own pauses between attempts grow to 30 s, and five minutes without Redis are enough for that.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import structlog
from celery.worker.consumer import Consumer as Patient
from kombu.common import ignore_errors

from foundation.outage import Seldom, in_one_line

LONGEST_PAUSE_S = 3
# How Redis says that it is full; in a pipeline it says first of which command.
FULL = "command not allowed when used memory"
log = structlog.get_logger(__name__)
_seldom = Seldom()


class Consumer(Patient):
    """`CELERY_WORKER_CONSUMER`."""

    connection: Any

    def ensure_connected(self, conn: Any) -> Any:
        conn.ensure_connection = partial(
            conn.ensure_connection, interval_start=0.5, interval_step=0.5, interval_max=LONGEST_PAUSE_S
        )
        return super().ensure_connected(conn)

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        if not _waited_for_room(exc):
            super().on_connection_error_before_connected(exc)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        if not _waited_for_room(exc):
            super().on_connection_error_after_connected(exc)
        elif connection := self.connection:
            self.connection = None
            ignore_errors(connection, connection.close)  # type: ignore[no-untyped-call]


def _waited_for_room(exc: Exception) -> bool:
    """A broker that is full answers at once, so Celery would ask it again at once, and say so at length each time."""
    if FULL not in str(exc):
        return False
    if _seldom.may_say("full"):
        log.warning("broker.full", error=in_one_line(exc))
    time.sleep(LONGEST_PAUSE_S)
    return True
