"""Keeps the processes of `up` alive, says when it had to, and ends all of them in time.

Everything happens on the main thread: the kernel ties a child to the thread that started it.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from config.database.cluster import Unusable
from config.embedded import Server
from config.tether import tethered

PATIENCE = 3.5  # seconds between SIGTERM and SIGKILL; a worker with a running task would take longer
TOTAL = 4.4  # seconds until everything is gone, PostgreSQL too
STABLE = 10.0  # seconds alive after which a death is a new story and the delay starts again
LONGEST_DELAY = 30.0
ATTEMPTS = 3  # deaths in a row before the site ever answered: then it is no use
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

type Process = subprocess.Popen[bytes]


class Stop(BaseException):
    """Somebody asked us to end. Not an Exception: nothing on the way may swallow it."""


class Child:
    """One process to keep alive: `launch` starts it and may raise Unusable."""

    def __init__(self, name: str, launch: Callable[[], Process], process: Process | None = None) -> None:
        self.name, self.launch, self.process = name, launch, process
        self.deaths = 0  # in a row, each soon after its start
        self._started = self._again_at = time.monotonic()

    def look(self) -> None:
        """Start it when it is not there and its delay is over; say so when it had died."""
        if self.process is not None and self.process.poll() is not None:
            reason = ending(self.process.returncode)
            kill_rest(self.process)
            self.process = None
            self._died(reason)
        if self.process is None and time.monotonic() >= self._again_at:
            self._started = time.monotonic()
            try:
                self.process = self.launch()
            except Unusable as problem:
                self._died(str(problem))

    def _died(self, reason: str) -> None:
        now = time.monotonic()
        self.deaths = self.deaths + 1 if now - self._started < STABLE else 1
        delay = 0.0 if self.deaths == 1 else min(0.5 * 2 ** (self.deaths - 2), LONGEST_DELAY)
        self._again_at = now + delay
        say(f"{self.name} ended ({reason}); starting it again{f' in {delay:g} s' if delay else ''}.")


def started(
    command: list[str], environment: dict[str, str], folder: str, descriptors: tuple[int, ...]
) -> Process:
    """A process in a session of its own (Ctrl-C in the terminal reaches only the supervisor) that the kernel
    kills when the supervisor is gone."""
    return subprocess.Popen(  # noqa: S603
        tethered(command, death_signal=signal.SIGKILL),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        pass_fds=descriptors,
        start_new_session=True,
    )


def ending(code: int) -> str:
    """An exit code in words."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def say(text: str) -> None:
    """A line for the person at the terminal, at once also through a pipe; no matter if nobody listens any more."""
    with suppress(OSError):
        print(text, flush=True)  # noqa: T201


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, a stop signal raises Stop wherever the main thread is. After it, further signals are ignored:
    the impatient second Ctrl-C must not leave a process behind."""

    def stop(number: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise Stop

    for number in STOP_SIGNALS:
        # Who started us by nohup wants us to outlive the terminal.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    finally:
        ignore_signals()


def ignore_signals() -> None:
    """From here on we are ending anyway."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def supervise(children: list[Child], answers: Callable[[], bool], ready: str) -> None:
    """Watch until Stop, restarting what dies. Says `ready` once, when `answers()` is first true."""
    announced = False
    while True:
        for child in children:
            child.look()
            if not announced and child.deaths >= ATTEMPTS:
                raise Unusable(
                    f"{child.name} ended {child.deaths} times before the site answered; see above."
                )
        if not announced and answers():
            announced = True
            say(ready)
        time.sleep(0.25 if announced else 0.05)


def end(children: list[Child], database: Server | None) -> None:
    """SIGTERM to all, SIGKILL to what lives after PATIENCE, PostgreSQL last; at most TOTAL seconds."""
    began = time.monotonic()
    alive = [child.process for child in children if child.process is not None]
    for process in alive:
        process.terminate()
    for process in alive:
        try:
            process.wait(max(0.0, began + PATIENCE - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        kill_rest(process)
    if database is not None:
        database.stop(seconds=max(0.7, began + TOTAL - time.monotonic()))


def kill_rest(process: Process) -> None:
    """What an ended process had started itself and left behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
