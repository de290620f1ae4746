"""`manage.py up` as a person starts it: a real process, its lines, its children."""

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.patience import MUST_S, START_S, in_time

ROOT = Path(__file__).parent.parent.parent
EMAIL, PASSWORD = "ada@example.test", "correct horse battery"
READY = "Nightdesk is ready at "
MANAGE = (sys.executable, str(ROOT / "manage.py"))


def environment(data: Path, **changes: str) -> dict[str, str]:
    """Almost empty, as on a bare machine."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(data.parent), "NIGHTDESK_DATA": str(data), **changes}


def command(data: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py to its end."""
    return subprocess.run(
        [*MANAGE, *arguments],
        env=environment(data, **changes),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
        cwd=data.parent,
    )


class Up:
    """One running `up` on `data`, at a free port unless `port` says which."""

    def __init__(
        self,
        data: Path,
        verb: str = "up",
        *,
        program: Sequence[str] = MANAGE,
        port: str = "0",
        **changes: str,
    ) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [*program, verb, "--port", port],
            env=environment(data, **changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=data.parent,
        )
        self.lines: list[str] = []
        self._queue: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self._queue.put(line.rstrip("\n"))

    def line(self, start: str, seconds: float = START_S) -> str:
        """The next line which starts like this; what comes before it is kept in `lines`."""
        until = time.monotonic() + seconds
        while True:
            try:
                line = self._queue.get(timeout=max(0.01, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line {start!r} within {seconds} s, but {self.lines}") from None
            self.lines.append(line)
            if line.startswith(start):
                return line

    @property
    def family(self) -> list[psutil.Process]:
        """The supervisor and every process below it."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def child(self, words: str) -> psutil.Process:
        """The process whose command line contains `words`; it may be just starting."""
        until = time.monotonic() + MUST_S
        while time.monotonic() < until:
            for process in self.family:
                with suppress(psutil.Error):
                    if words in " ".join(process.cmdline()):
                        return process
            time.sleep(0.05)
        raise AssertionError(f"no process {words!r}")

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Ask it to end; returns the seconds until every process of the family was gone."""
        family, began = self.family, time.monotonic()
        self.process.send_signal(number)
        _, alive = psutil.wait_procs(family, timeout=15)
        took = time.monotonic() - began
        self.process.wait()
        self._reader.join()
        assert alive == []
        return took


@dataclass(frozen=True)
class Stopped:
    """How an `up` ended: within how many seconds, and the command lines that were still there on its folder."""

    took_s: float
    left: list[str]


def stopped_after(seconds: float, data: Path) -> Stopped:
    """An `up` that is stopped so soon, wherever it is by then."""
    running = Up(data)
    time.sleep(seconds)
    return Stopped(running.stop(signal.SIGTERM), left_on(data.parent))


def left_on(folder: Path) -> list[str]:
    """Command lines of processes that were started for what lies in `folder`."""
    lines = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(folder) in line]


@contextmanager
def up(data: Path, **changes: str) -> Iterator[tuple[Up, str]]:
    """A ready one, with its address; ended at the end, whatever happens, in time and in order if it still runs."""
    started = Up(data, NIGHTDESK_ADMIN_EMAIL=EMAIL, NIGHTDESK_ADMIN_PASSWORD=PASSWORD, **changes)
    try:
        yield started, started.line(READY).removeprefix(READY)
    finally:
        took = started.stop(signal.SIGTERM) if started.process.poll() is None else 0.0
        assert (in_time(took, 5), started.process.wait() in (0, -signal.SIGKILL)) == (True, True)
