"""Celery's hook: a worker's pulse, its watchdog, the hints it sends itself, and the ping."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from celery import bootsteps

from config.health import watchdog
from config.health.echo import Echo
from config.health.ping import Ping
from config.health.watchdog import Watchdog
from foundation.pulse import Pulse


class Health(bootsteps.StartStopStep):
    """Starts with the worker, ends with the worker."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.echo = Echo(parent.app)
        self.pulse = Pulse("worker")
        self.watchdog = Watchdog(lambda: self.echo.unanswered_s, self.echo.forgive, self._end)
        self.parts = (self.pulse, self.echo, self.watchdog, Ping())

    def start(self, parent: Any) -> None:
        self.echo.listen()
        for part in self.parts:
            part.start()

    def stop(self, parent: Any) -> None:
        for part in reversed(self.parts):
            part.stop()

    terminate = stop

    def _end(self, why: str) -> None:
        with suppress(Exception):
            self.pulse.end(f"watchdog: {why}")
        watchdog.leave(why)
