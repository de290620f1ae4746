"""A process that is started again whenever it has died, as an init system or Docker would do."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from config.tether import tethered

AGAIN_S = 0.5


class Kept:
    """One process. Everything about it happens on the main thread: the kernel ties it to the thread that started it."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], log: Path, folder: Path
    ) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.log, self.folder = log, folder
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.again_at = 0.0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                tethered(self.command, death_signal=signal.SIGKILL),
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.starts += 1

    def look(self) -> None:
        """Start it again when it has died and its rest is over."""
        if self.process is not None and self.process.poll() is not None:
            self._forget()
            self.again_at = max(self.again_at, time.monotonic() + AGAIN_S)
        if self.process is None and time.monotonic() >= self.again_at:
            self.start()

    def kill(self, rest_s: float = 0.0) -> None:
        """SIGKILL; `rest_s` is how long it stays away."""
        self.again_at = time.monotonic() + rest_s
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._forget()

    def end(self, *, patience_s: float = 0.0) -> None:
        """For good: SIGTERM when there is patience, then SIGKILL."""
        if self.process is None:
            return
        if patience_s:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience_s)
        self.process.kill()
        self.process.wait()
        self._forget()

    def _forget(self) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None

    @property
    def tree(self) -> list[psutil.Process]:
        """The process and those below it; none while it is away."""
        if self.process is None:
            return []
        try:
            top = psutil.Process(self.process.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def until(happened: Callable[[], bool], seconds: float, look: Callable[[], None]) -> bool:
    """Wait for it while looking after what is kept; False when it took too long."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        look()
        time.sleep(0.05)
    return True
