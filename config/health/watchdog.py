"""Ends a worker that is stuck, so that its supervisor starts a fresh one. What it had under way is leased and goes on.

Only for what a restart can cure: while PostgreSQL or the broker does not answer, being stuck is nobody's fault. And not
for time in which this process itself did not run (a laptop asleep, a SIGSTOP).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import psycopg
import structlog

from foundation import direct, heartbeat
from foundation.heartbeat import Sign

EXIT_CODE = 70
LOOK_S = 1.0
# Seconds without a sign. A statement may take 30 s; a probe gives up within 10 s by itself, and what a send may take
# does not count.
LIMITS = {"ticker": 35.0, "clocks": 35.0, "sender": 120.0, "prober": 120.0, "bell": 120.0}
# These turn at least once a second; the others only while there is work.
TURNING = ("ticker", "clocks")
# Hints that the broker took and nobody gave back; after a reconnect they come within 5 s (config/broker/consumer.py).
ECHO_S = 6.0
RAN_NOT_S = 180.0
# Until the first of everything has happened.
WARM_UP_S = 30.0
GAP_S = 5.0
# For so long PostgreSQL must answer while it stays stuck: what waited for it needs a moment too.
SURE_S = 10.0
log = structlog.get_logger(__name__)


def stuck(signs: Mapping[str, Sign], *, unanswered_s: float, awake_s: float) -> str:
    """Why this process should end, "" for no reason. Pure. `awake_s`: for how long it has run without a gap."""
    if awake_s < WARM_UP_S:
        return ""
    for name, limit in LIMITS.items():
        sign = signs.get(name)
        silent = (sign.age_s if name in TURNING else sign.silent_s) if sign else None
        if silent is not None and min(silent, awake_s) > limit:
            return f"its {name} has shown no sign for {silent:.0f} s"
    if unanswered_s > ECHO_S:
        return f"it has consumed no hint for {unanswered_s:.0f} s although the broker takes them"
    ran = signs.get("broker")
    if ran is not None and ran.age_s is not None and unanswered_s and min(ran.age_s, awake_s) > RAN_NOT_S:
        return f"it has run no hint for {ran.age_s:.0f} s"
    return ""


class Watchdog:
    """Looks every second, on a thread of its own. `end` says the reason and does not return."""

    def __init__(
        self, unanswered_s: Callable[[], float], forgive: Callable[[], None], end: Callable[[str], None]
    ) -> None:
        self.unanswered_s, self.forgive, self.end = unanswered_s, forgive, end
        self.awake_since = self._looked = time.monotonic()
        self._suspect_since: float | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            self.look()

    def look(self) -> None:
        now = time.monotonic()
        if now - self._looked > GAP_S:
            self.awake_since = now
            self.forgive()
        self._looked = now
        why = stuck(heartbeat.signs(), unanswered_s=self.unanswered_s(), awake_s=now - self.awake_since)
        if not why or not database_answers():
            self._suspect_since = None
        elif self._suspect_since is None:
            self._suspect_since = now
        elif now - self._suspect_since > SURE_S:
            self.end(why)


def database_answers(seconds: float = 5.0) -> bool:
    """Asked on a thread that may be left behind: a frozen server never says no."""
    answered = threading.Event()

    def ask() -> None:
        # The ticker says that it is away, and why.
        with suppress(psycopg.Error, OSError), direct.connect("nightdesk-watchdog") as connection:
            connection.execute("SELECT 1")
            answered.set()

    threading.Thread(target=ask, name="watchdog-ask", daemon=True).start()
    return answered.wait(seconds)


def leave(why: str) -> None:
    """Ends this process here and now: what is stuck cannot be asked to stop."""
    log.error("watchdog.exit", why=f"This worker ends itself: {why}. Its supervisor starts it again.")
    os._exit(EXIT_CODE)
