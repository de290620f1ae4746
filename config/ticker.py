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
from kombu.exceptions import OperationalError as BrokerError

from config.schedule import ERRANDS, SWEEPS, Errand, Sweep
from foundation import moment

log = structlog.get_logger(__name__)

CHANNEL = "nightdesk_tick"
LONGEST_SLEEP_S = 1.0
# After the broker has failed, hints stop for a while and errands run inline.
BROKER_REST_S = 10.0


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
                self.tick(woken=woken)
                woken = any(True for _ in listener.notifies(timeout=self.sleep_s(), stop_after=1))

    def tick(self, *, woken: bool) -> None:
        now = moment.now()
        for sweep in self.sweeps:
            if self._is_due(sweep, now, woken=woken):
                self.last_run[sweep.name] = time.monotonic()
                attempt(sweep.name, sweep.run)
        for errand in self.errands:
            due = errand.next_due()
            if due and due <= moment.now():
                self.bell.ring(errand)

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
    """Sends hints from a thread of its own: a broker that hangs must not stop the ticker.

    One hint per errand is under way at a time.
    """

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="bell")
        self.under_way: dict[str, Future[None]] = {}
        self.broker_rests_until = 0.0

    def ring(self, errand: Errand) -> None:
        before = self.under_way.get(errand.name)
        if before is None or before.done():
            self.under_way[errand.name] = self.pool.submit(self._send, errand)

    def _send(self, errand: Errand) -> None:
        if time.monotonic() >= self.broker_rests_until:
            try:
                errand.task.apply_async(expires=30, retry=False)
            except (BrokerError, OSError) as error:
                log.warning("broker.unreachable", errand=errand.name, error=str(error))
                self.broker_rests_until = time.monotonic() + BROKER_REST_S
            else:
                return
        attempt(errand.name, errand.task.run)
        connections.close_all()


def attempt(name: str, job: Callable[[], object]) -> None:
    """Run one job; its failure is said and stops no other one. A lost database is the loop's business."""
    try:
        job()
    except psycopg.OperationalError:
        raise
    except Exception:
        log.exception("job.failed", job=name)
        if connection.connection is not None and connection.connection.broken:
            raise


def listening() -> psycopg.Connection[Any]:
    """A connection of its own that listens for wake-ups; pools and transactions would swallow them."""
    connection.ensure_connection()
    params = connection.get_connection_params()
    known = {
        key: value
        for key, value in params.items()
        if key in {"host", "port", "user", "password", "dbname", "options", "sslmode"}
    }
    listener = psycopg.connect(**known, autocommit=True)
    listener.execute(f"LISTEN {CHANNEL}")
    return listener
