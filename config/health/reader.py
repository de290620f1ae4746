"""The judgement, kept for a few seconds, read on a connection and a thread of its own.

So it costs a page nothing, and a database that hangs hangs nobody: who asks waits two seconds at most and is then told
that the database does not answer.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
import structlog

from config.health import facts
from config.health.judgement import Report, blind, judge, unreachable, untold, unwritable
from foundation import direct, room
from foundation.outage import unmade

KEPT_S = 3.0
WAIT_S = 2.0
log = structlog.get_logger(__name__)


class Reader:
    """One per process. `report` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._kept: tuple[float, Report] | None = None
        self._reading: threading.Event | None = None
        self._answered_at: datetime | None = None
        self._unstored_since: float | None = None
        self._connection: psycopg.Connection[Any] | None = None

    def report(self, kept_s: float = KEPT_S) -> Report:
        """At most `kept_s` old."""
        with self._lock:
            if self._kept and time.monotonic() - self._kept[0] <= kept_s:
                return self._kept[1]
            if self._reading is None:
                self._reading = threading.Event()
                threading.Thread(target=self._read, args=(self._reading,), name="health", daemon=True).start()
            reading = self._reading
        asked = time.monotonic()
        if reading.wait(WAIT_S) and self._kept and self._kept[0] >= asked - WAIT_S:
            return self._kept[1]
        return unreachable(datetime.now(UTC), since=self._answered_at, why="no answer in time")

    def keep(self, report: Report | None, *, for_s: float = 0.0) -> None:
        """For tests: go by this one for so long. None: look again."""
        with self._lock:
            self._kept = (time.monotonic() + for_s, report) if report else None

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._kept = None, None

    def _read(self, done: threading.Event) -> None:
        try:
            report = self._judged()
            self._answered_at = report.at
        except Exception as error:
            now, why = datetime.now(UTC), type(error).__name__
            if room.refused(error):
                report = unwritable(now, since=room.gone_since() or now)
            elif isinstance(error, psycopg.OperationalError | OSError):
                report = unreachable(now, since=self._answered_at, why=why)
            elif unmade(error):
                report = untold(now, why=why)
            else:
                log.exception("health.failed")
                report = blind(now, why=why)
            if self._connection is not None:
                self._connection.close()
            self._connection = None
        with self._lock:
            self._kept, self._reading = (time.monotonic(), report), None
        done.set()

    def _judged(self) -> Report:
        if self._connection is None or self._connection.closed:
            self._connection = direct.connect("nightdesk-health")
        with self._connection.cursor() as cursor:
            found = facts.read(cursor, time.perf_counter)
        now = time.monotonic()
        if not found.unstored.count:
            self._unstored_since = None
        elif self._unstored_since is None:
            self._unstored_since = now
        unstored_s = now - self._unstored_since if self._unstored_since is not None else 0.0
        return judge(found, up_s=now - self._began, unstored_s=unstored_s)


reader = Reader()
report = reader.report
