"""The ticker: a thread in every worker that sleeps until the next due moment, woken by NOTIFY, and runs what is due.

Celery's beat, ETA and countdown are not used: what is due is a row, claimed with SKIP LOCKED, so any number
of workers may tick.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg
import structlog
from celery import bootsteps
from django.db import DatabaseError, connection, connections

from config.schedule import ERRANDS, SWEEPS, Errand, Sweep
from foundation import heartbeat, moment
from foundation.listening import address
from foundation.wedge import wedge

log = structlog.get_logger(__name__)

CHANNEL = "nightdesk_tick"
LONGEST_SLEEP_S = 1.0
# After the broker has failed, hints stop for a while and errands run inline.
BROKER_REST_S = 10.0
# A hint takes milliseconds; the broker's library may try several times.
IMPATIENT = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
# What is still due after so long runs inline, whatever became of the hints.
PATIENCE_S = 3.0


class Ticker(bootsteps.StartStopStep):
    """Celery's hook: starts the thread with the worker, ends it with the worker."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.loop: TickerLoop | None = None

    def start(self, parent: Any) -> None:
        self.loop = TickerLoop()
        threading.Thread(target=self.loop.run, name="ticker", daemon=True).start()

    def stop(self, parent: Any) -> None:
        if self.loop:
            self.loop.stopping.set()

    terminate = stop


class TickerLoop:
    """One pass: run the sweeps that are due, ring for errands that are due, sleep."""

    def __init__(self, sweeps: tuple[Sweep, ...] = SWEEPS, errands: tuple[Errand, ...] = ERRANDS) -> None:
        self.sweeps, self.errands = sweeps, errands
        self.stopping = threading.Event()
        self.last_run: dict[str, float] = {}
        self.bell = Bell()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._listen()
            except (psycopg.Error, DatabaseError) as error:
                log.warning("ticker.database_lost", error=str(error).strip())
                connections.close_all()
                self.stopping.wait(1.0)
            except Exception:
                # The ticker must outlive any mistake of a job.
                log.exception("ticker.failed")
                self.stopping.wait(1.0)

    def _listen(self) -> None:
        with listening() as listener:
            woken = True
            while not self.stopping.is_set():
                more = self.tick(woken=woken)
                sleep_s = 0.0 if more else self.sleep_s()
                woken = any(True for _ in listener.notifies(timeout=sleep_s, stop_after=1)) or more

    def tick(self, *, woken: bool) -> bool:
        """One round; returns whether the next one should follow at once."""
        heartbeat.beat("ticker")
        wedge("ticker")
        now, more = moment.now(), False
        for sweep in self.sweeps:
            if self._is_due(sweep, now, woken=woken):
                self.last_run[sweep.name] = time.monotonic()
                done = attempt(sweep.name, sweep.run)
                more = more or (sweep.goes_on and done > 0)
                heartbeat.beat("intake", done)
                heartbeat.beat("ticker", 1)
        for errand in self.errands:
            due, now = errand.next_due(), moment.now()
            if due and due <= now:
                self.bell.ring(errand, (now - due).total_seconds())
        return more

    def _is_due(self, sweep: Sweep, now: datetime, *, woken: bool) -> bool:
        rested = time.monotonic() - self.last_run.get(sweep.name, float("-inf")) >= sweep.every_s
        if rested or (woken and sweep.on_wake):
            return True
        due = sweep.next_due() if sweep.next_due else None
        return due is not None and due <= now

    def sleep_s(self) -> float:
        """Seconds until the next due moment, at most one."""
        asked = [job.next_due for job in self.sweeps] + [job.next_due for job in self.errands]
        due = [at for ask in asked if ask and (at := ask())]
        if not due:
            return LONGEST_SLEEP_S
        # Never zero: what is due but held by another worker must not make this one spin.
        left: float = (min(due) - moment.now()).total_seconds()
        return min(LONGEST_SLEEP_S, max(0.02, left))


class Bell:
    """Sends hints, or runs the errand here while the broker does not answer; never on the ticker's own thread.

    One hint and one run per errand are under way at a time.
    """

    def __init__(self, broker: str | None = None) -> None:
        self.broker = broker
        self.pool = ThreadPoolExecutor(max_workers=2 * len(ERRANDS), thread_name_prefix="bell")
        self.hints: dict[str, Future[None]] = {}
        self.runs: dict[str, Future[None]] = {}
        self.broker_rests_until = 0.0

    def ring(self, errand: Errand, late_s: float = 0.0) -> None:
        """`late_s`: for how many seconds it has been due. Hints that nobody heeds are no reason to wait longer."""
        run, hint = self.runs.get(errand.name), self.hints.get(errand.name)
        if run and not run.done():
            return
        if late_s > PATIENCE_S or time.monotonic() < self.broker_rests_until:
            self.runs[errand.name] = self.pool.submit(self._run, errand)
        elif not hint or hint.done():
            self.hints[errand.name] = self.pool.submit(self._send, errand)

    def _send(self, errand: Errand) -> None:
        with heartbeat.working("bell"):
            self._publish(errand)

    def _publish(self, errand: Errand) -> None:
        """By a connection of its own, new each time: the worker's own waits for ever on purpose, and one that was
        there before the broker froze is of no use."""
        app = errand.task.app
        wedge("bell")
        try:
            with app.connection_for_write(self.broker, transport_options=IMPATIENT) as connection:
                errand.task.apply_async(connection=connection, expires=30, retry=False)
        except Exception as error:  # whatever a broker's library raises: the errand runs here then
            log.warning("broker.unreachable", errand=errand.name, error=str(error))
            self.broker_rests_until = time.monotonic() + BROKER_REST_S

    def _run(self, errand: Errand) -> None:
        try:
            attempt(errand.name, errand.task.run)
        finally:
            connections.close_all()


def attempt(name: str, job: Callable[[], object]) -> int:
    """Run one job, return how much it did, where it says so; its failure is said and stops no other one. A lost
    database is the loop's business.
    """
    try:
        done = job()
        return done if isinstance(done, int) else 0
    except psycopg.OperationalError:
        raise
    except Exception:
        log.exception("job.failed", job=name)
        if connection.connection is not None and connection.connection.broken:
            raise
        return 0


def listening() -> psycopg.Connection[Any]:
    """A connection of its own that listens for wake-ups; pools and transactions would swallow them."""
    connection.ensure_connection()
    where, asked = address()
    listener = psycopg.connect(where, autocommit=True, **{"application_name": "nightdesk-ticker", **asked})
    listener.execute(f"LISTEN {CHANNEL}")
    return listener
