"""Writes down every few seconds that this process and its loops live, in one statement, on a thread of its own.

A loop that hangs keeps an old `beat_at` while `pulse_at` goes on; a process that is gone or frozen stops both. Rows of
processes that are gone stay until another one has taken over, so that it can be said since when nobody watches.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import structlog

from foundation import direct, heartbeat, room

EVERY_S = 2.0
PRUNE_EVERY = 30  # pulses
KEPT_MIN = 10

_WRITE = """
INSERT INTO foundation_heartbeat
       (name, process, role, label, started_at, pulse_at, beat_at, silent_since, progress, figures, ending)
SELECT name, %(process)s::text, %(role)s::text, %(label)s::text, clock_timestamp(), clock_timestamp(),
       clock_timestamp() - make_interval(secs => age), clock_timestamp() - make_interval(secs => silent), progress,
       CASE WHEN name = %(role)s::text THEN %(figures)s::jsonb ELSE '{}'::jsonb END, ''
  FROM unnest(%(names)s::text[], %(ages)s::float8[], %(silents)s::float8[], %(done)s::bigint[])
       AS now(name, age, silent, progress)
    ON CONFLICT (process, name) DO UPDATE
   SET pulse_at = excluded.pulse_at, beat_at = excluded.beat_at, silent_since = excluded.silent_since,
       progress = excluded.progress, figures = excluded.figures, ended_at = NULL, ending = ''"""
_END = (
    "UPDATE foundation_heartbeat SET ended_at = clock_timestamp(), ending = %s, silent_since = NULL"
    " WHERE process = %s"
)
_PRUNE = """
DELETE FROM foundation_heartbeat AS old
 WHERE pulse_at < clock_timestamp() - make_interval(mins => %s)
   AND EXISTS (SELECT 1 FROM foundation_heartbeat AS new WHERE new.name = old.name AND new.pulse_at > old.pulse_at)"""
log = structlog.get_logger(__name__)


class Pulse:
    """One per process. `role` is `worker` or `web`, and also the name of the row that stands for the process itself;
    `figures` returns what that row carries besides.
    """

    def __init__(self, role: str, figures: Callable[[], Mapping[str, Any]] = dict) -> None:
        self.role, self.figures = role, figures
        self.process = secrets.token_hex(6)
        self.label = f"{role} {os.getpid()} on {socket.gethostname()}"[:120]
        self._stopping = threading.Event()
        self._connection: psycopg.Connection[Any] | None = None
        self._count = 0
        self._complained = False

    @property
    def session(self) -> str:
        """How pg_stat_activity names the connection that this process holds while it exists."""
        return f"nightdesk {self.process}"

    def start(self) -> None:
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def stop(self) -> None:
        """An orderly end: said at once, so that nobody takes it for a death."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._attempt(self.write)
            self._attempt(lambda: room.look(self._connected()))
            self._stopping.wait(EVERY_S)
        self._attempt(lambda: self.end("stopped"))

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (psycopg.OperationalError, OSError) as problem:
            room.refused(problem)
            self._drop()  # the ticker says that the database is away
        except Exception:
            if not self._complained:  # once, not every two seconds
                log.exception("pulse.failed")
            self._complained = True
            self._drop()
        else:
            self._complained = False

    def write(self) -> None:
        """All loops of this process; now and then also forgets processes that others have replaced."""
        signs = [*heartbeat.signs().values(), heartbeat.Sign(self.role, self._count, 0.0, None)]
        known = [sign for sign in signs if sign.age_s is not None]
        self._connected().execute(
            _WRITE,
            {
                "process": self.process,
                "role": self.role,
                "label": self.label,
                "names": [sign.name for sign in known],
                "ages": [sign.age_s for sign in known],
                "silents": [sign.silent_s for sign in known],
                "done": [sign.progress for sign in known],
                "figures": json.dumps({**self.figures(), **_no_room()}),
            },
        )
        if self._count % PRUNE_EVERY == 0:
            self._connected().execute(_PRUNE, [KEPT_MIN])
        self._count += 1

    def end(self, ending: str) -> None:
        """Say how this process ends; the last statement it makes."""
        self._connected().execute(_END, [ending[:200], self.process])
        self._drop()

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = direct.connect(self.session)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _no_room() -> dict[str, str]:
    """For the others: a worker is refused writes that a web process never makes."""
    since = room.gone_since()
    return {"no_room_since": since.isoformat()} if since else {}
