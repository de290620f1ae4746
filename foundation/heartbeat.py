"""That each loop lives and gets something done, noted in memory: cheap enough to be said at every turn.

foundation/pulse.py writes it down for the others every few seconds; config/health judges. Loops are `ticker`, `clocks`
(what is promised in seconds), `intake` (the sweeps' work), `sender`, `prober`, `bell` (hints on their way out),
`broker` (hints that came back) and `hub`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Loop:
    """`progress` counts pieces of work since the process began; `at` is the last turn (monotonic); `busy` says
    since when each thread that is at work there has shown no sign (in the future: until when it need not).
    """

    progress: int = 0
    at: float | None = None
    busy: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Sign:
    """A loop as it is now. `age_s`: since its last turn, None if it never turned. `silent_s`: for how long the
    work that is under way has shown no sign, None while there is none.
    """

    name: str
    progress: int
    age_s: float | None
    silent_s: float | None


_lock = threading.Lock()
_loops: dict[str, Loop] = {}


def beat(name: str, progress: int = 0) -> None:
    """The loop has turned; `progress` pieces of work are done since it last said so."""
    now, thread = time.monotonic(), threading.get_ident()
    with _lock:
        loop = _loops.setdefault(name, Loop())
        loop.progress, loop.at = loop.progress + progress, now
        if thread in loop.busy:
            loop.busy[thread] = now


def reach(name: str, position: int) -> None:
    """The same for a loop whose progress is a position, such as the hub's last announcement."""
    with _lock:
        loop = _loops.setdefault(name, Loop())
        loop.progress, loop.at = position, time.monotonic()


def allow(name: str, seconds: float) -> None:
    """This thread goes where it can give no sign, and is back after `seconds` at the latest by somebody else's clock:
    only what comes after them counts as silence. The next `beat` ends it.
    """
    with _lock:
        loop, thread = _loops.setdefault(name, Loop()), threading.get_ident()
        if thread in loop.busy:
            loop.busy[thread] = time.monotonic() + seconds


@contextmanager
def working(name: str) -> Iterator[None]:
    """Inside, this thread is expected to give signs by `beat`."""
    thread = threading.get_ident()
    with _lock:
        loop = _loops.setdefault(name, Loop())
        loop.at = loop.busy[thread] = time.monotonic()
    try:
        yield
    finally:
        with _lock:
            loop.busy.pop(thread, None)


def signs() -> dict[str, Sign]:
    """Every loop that ever gave a sign in this process."""
    now = time.monotonic()
    with _lock:
        return {
            name: Sign(
                name,
                loop.progress,
                now - loop.at if loop.at is not None else None,
                max(0.0, now - min(loop.busy.values())) if loop.busy else None,
            )
            for name, loop in _loops.items()
        }


def forget() -> None:
    """For tests: as if the process had just begun."""
    with _lock:
        _loops.clear()
