"""Whether hints come back: a worker that is connected and consumes nothing looks healthy from outside.

Measured: after a kill -9 of Redis with tasks in flight a worker may stay up and consume nothing. So
each worker has a queue of its own and sends itself a hint when nothing has come for a while.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from celery import Celery, signals
from celery.worker import state
from kombu.connection import Connection

from config.tasks import echo
from foundation import heartbeat
from foundation.wedge import wedge

EVERY_S = 2.0
IMPATIENT = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
LEFT_BEHIND_S = 600  # what a worker that died left in its queue is forgotten by Redis


class Echo:
    """`unanswered_s` is what the watchdog goes by: for how long hints have been taken by the broker, one after
    another without a failure between, while nothing at all came back. Zero while the broker itself is away, or
    while tasks are in hand.
    """

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.queue = f"nightdesk-echo-{socket.gethostname()}-{os.getpid()}"
        self.sent = 0
        self._since: float | None = None
        self._received_at = time.monotonic()
        self._connection: Connection | None = None
        self._stopping = threading.Event()

    def listen(self) -> None:
        """Before the consumer starts: it shall read the queue too."""
        self.app.amqp.queues.select_add(
            self.queue, exchange="", routing_key=self.queue, durable=False, auto_delete=True
        )
        signals.task_received.connect(self._received, weak=False)

    def start(self) -> None:
        threading.Thread(target=self._run, name="echo", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    @property
    def unanswered_s(self) -> float:
        since = (
            None if state.reserved_requests else self._since
        )  # work in hand was consumed, and may fill its hands
        return time.monotonic() - since if since is not None and self.sent >= 3 else 0.0

    def forgive(self) -> None:
        """Start counting anew: this process itself was not running."""
        self._since, self.sent = None, 0

    def _received(self, **_: Any) -> None:
        wedge("consumer")
        self._received_at = time.monotonic()
        self.forgive()
        heartbeat.beat("broker")

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            if time.monotonic() - self._received_at >= EVERY_S:
                self.send()

    def send(self) -> None:
        try:
            if self._connection is None:
                self._connection = self.app.connection_for_write(transport_options=IMPATIENT)
            echo.apply_async(queue=self.queue, connection=self._connection, expires=30, retry=False)
            self._let_expire(self._connection)
        except Exception:
            # Whatever a broker's library raises: it is away, and nobody's fault here. Own health says so.
            self.forgive()
            self._drop()
            return
        self._since = self._since or time.monotonic()
        self.sent += 1

    def _let_expire(self, connection: Connection) -> None:
        client = getattr(connection.default_channel, "client", None)
        if client is not None:
            client.expire(self.queue, LEFT_BEHIND_S)

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.release()  # type: ignore[no-untyped-call]
        self._connection = None
