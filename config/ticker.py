"""The ticker: threads in every worker that sleep until the next due moment, woken by NOTIFY, and run what is due.

Celery's beat, ETA and countdown are not used: what is due is a row, claimed with SKIP LOCKED, so any number
of workers may tick. What is promised in seconds has a loop of its own: it waits for no other sweep.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import structlog
from celery import bootsteps
from django.db import DatabaseError, connection, connections

from config.schedule import ERRANDS, PROMPT, SWEEPS, Errand, Sweep
from config.starting import importing
from foundation import heartbeat, moment, rounds
from foundation.listening import address
from foundation.outage import Outage, Spell, outage
from foundation.wedge import wedge

log = structlog.get_logger(__name__)

CHANNEL = "nightdesk_tick"
LONGEST_SLEEP_S = 1.0
# What stayed due after a round is another worker's, or on its way as a hint: asking at once would be spinning.
SPINNING_S = 0.1
# So long the answer of a job that is not due holds, if nobody wakes us: what looks found may have moved it.
HOLDS_S = 0.3
# After a round nothing is looked at for twice as long as it took, at most so long: a storm of wake-ups, or of what
# is due, leaves the CPU to those who send and look.
BREATH_S = 0.5
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
        self.loops: tuple[TickerLoop, ...] = ()

    def start(self, parent: Any) -> None:
        importing.done()
        self.loops = loops()
        for loop in self.loops:
            threading.Thread(target=loop.run, name=loop.name, daemon=True).start()

    def stop(self, parent: Any) -> None:
        for loop in self.loops:
            loop.stopping.set()

    terminate = stop


class TickerLoop:
    """One pass: run the sweeps that are due, ring for errands that are due, sleep. `name`: of its sign of life."""

    def __init__(
        self,
        sweeps: tuple[Sweep, ...] = SWEEPS,
        errands: tuple[Errand, ...] = ERRANDS,
        name: str = "ticker",
    ) -> None:
        self.sweeps, self.errands, self.name = sweeps, errands, name
        self.stopping = threading.Event()
        self.last_run: dict[str, float] = {}
        # By job: when it was asked, and what it said.
        self.answers: dict[str, tuple[float, datetime | None]] = {}
        self.bell = Bell()
        self.spell = Spell(log.bind(loop=name), "ticker.database_lost", "ticker.database_back")
        self.known = (datetime.min.replace(tzinfo=UTC), 0.0)  # the time, and when it was asked

    @property
    def jobs(self) -> list[Sweep | Errand]:
        return [*self.sweeps, *self.errands]

    def run(self) -> None:
        rounds.of(self.name)
        while not self.stopping.is_set():
            try:
                self._listen()
            except (psycopg.Error, DatabaseError) as error:
                self.spell.lasts(error)
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
                began = time.monotonic()
                more = self.tick(woken=woken)
                self.spell.is_over()
                if not more:
                    self.stopping.wait(min(BREATH_S, 2 * (time.monotonic() - began)))
                sleep_s = 0.0 if more else self.sleep_s()
                woken = any(True for _ in listener.notifies(timeout=sleep_s, stop_after=1)) or more

    def tick(self, *, woken: bool) -> bool:
        """One round; returns whether the next one should follow at once."""
        heartbeat.beat(self.name)
        wedge(self.name)
        self.known, more = (moment.now(), time.monotonic()), False
        if woken:
            self.answers.clear()
        for sweep in self.sweeps:
            if self._is_due(sweep, woken=woken):
                self.last_run[sweep.name] = time.monotonic()
                done = attempt(sweep.name, sweep.run)
                self.answers.pop(sweep.name, None)
                more = more or (sweep.goes_on and done > 0)
                heartbeat.beat("intake", done)
                heartbeat.beat(self.name, 1)
        for errand in self.errands:
            due = self._due(errand)
            if due and due <= (now := self._now()):
                self.bell.ring(errand, (now - due).total_seconds())
                self.answers.pop(errand.name, None)
        return more

    def _due(self, job: Sweep | Errand) -> datetime | None:
        """When it is due: rounds may follow each other quickly, and most of them concern another job."""
        asked, due = self.answers.get(job.name, (float("-inf"), None))
        if job.next_due and time.monotonic() - asked >= HOLDS_S:
            due = job.next_due()
            self.answers[job.name] = time.monotonic(), due
        return due

    def _now(self) -> datetime:
        """The database's clock, which is asked once in a round."""
        asked, at = self.known
        return asked + timedelta(seconds=time.monotonic() - at)

    def _is_due(self, sweep: Sweep, *, woken: bool) -> bool:
        rested = time.monotonic() - self.last_run.get(sweep.name, float("-inf")) >= sweep.rest_s
        if rested or (woken and sweep.on_wake):
            return True
        due = self._due(sweep)
        return due is not None and due <= self._now()

    def sleep_s(self) -> float:
        """Seconds until the next due moment, at most one."""
        due = [at for job in self.jobs if (at := self._due(job))]
        if not due:
            return LONGEST_SLEEP_S
        now = self._now()
        left = min((at - now).total_seconds() if at > now else SPINNING_S for at in due)
        return min(LONGEST_SLEEP_S, max(0.02, left))


def loops() -> tuple[TickerLoop, ...]:
    """Those of a worker, each for a thread of its own."""
    return TickerLoop(PROMPT, (), "clocks"), TickerLoop()


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
    except Exception as problem:
        if outage(problem) is Outage.AWAY:
            raise
        rounds.failed(f"{name}.failed", problem)
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
