"""Seconds until Nightdesk is ready: a fresh clone, an empty data folder, and every start after that."""

import os
import subprocess
import time
from pathlib import Path

from benchmarks import Figure, Say, Unable
from benchmarks.house import ADMINISTRATOR, RUN, folder, free_port
from tests.setup.running import READY, ROOT, Up

LATER = 5
OURS = ("NIGHTDESK_", "DJANGO_", "DATABASE_", "VIRTUAL_ENV", "SECRET_KEY")


def measure(say: Say) -> list[Figure]:
    with folder() as place:
        clone, data = place / "clone", place / "data"
        made = subprocess.run(  # noqa: S603
            ["git", "clone", "--quiet", str(ROOT), str(clone)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise Unable(f"git clone: {made.stderr.strip()}")
        say("a fresh clone …")
        cloned, _ = started((str(clone / "run"),), clone / ".nightdesk", **outside())
        say("an empty data folder, then later starts …")
        first, _ = started(RUN, data)
        later, stops = zip(*(started(RUN, data) for _ in range(LATER)), strict=True)
    return [
        Figure("start: fresh clone, warm package cache", "s", (cloned,), limit=60),
        Figure("start: empty data folder", "s", (first,), limit=60),
        Figure("start: later", "s", later, limit=6),
        Figure("stop: until every process is gone", "s", stops, limit=5, every=True),
    ]


def outside() -> dict[str, str]:
    """This environment without what is ours: where packages come from may be set in it."""
    return {name: text for name, text in os.environ.items() if not name.startswith(OURS)}


def started(program: tuple[str, ...], data: Path, **environment: str) -> tuple[float, float]:
    """One start and stop: seconds to the ready line, seconds to the end."""
    began = time.monotonic()
    up = Up(data, program=program, port=str(free_port()), **ADMINISTRATOR, **environment)
    try:
        up.line(READY, seconds=300)
        took = time.monotonic() - began
    finally:
        stopped = up.stop() if up.process.poll() is None else 0.0
    return took, stopped
