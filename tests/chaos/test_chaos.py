"""`./run chaos`, small: a whole house, a handful of deaths, every promise kept, nothing left behind."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command

from tests.setup.running import MANAGE, environment

ENDED = 130


def test_what_cannot_be_done_is_refused() -> None:
    with pytest.raises(CommandError, match="this is about Redis: leave --embedded out"):
        call_command("chaos", "--embedded", "--scenario", "redis-return")


@contextmanager
def started(tmp_path: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`./run chaos` on a small house in `tmp_path`; killed at the end if it has not ended."""
    line = [*MANAGE, "chaos", "--embedded", "--webs", "0", "--workers", "1", "--no-disk", *arguments]
    changes = environment(tmp_path / "data", TMPDIR=str(tmp_path))
    with subprocess.Popen(line, env=changes, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def left(tmp_path: Path) -> list[Path | int]:
    """Folders of a house, and processes at work in one."""
    folders: list[Path | int] = list(tmp_path.glob("nightdesk-chaos-*"))
    return folders + [
        process.pid
        for process in psutil.process_iter(["environ"])
        if str(tmp_path) in (process.info["environ"] or {}).get("NIGHTDESK_DATA", "")
        and process.pid != os.getpid()
    ]


def test_deaths_under_load_break_no_promise(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    line = ("--minutes", "0.1", "--gap", "1", "--seed", "12", "--hasten")
    rests = ("--responders", "3", "--pause", "0.3")
    with started(tmp_path, *line, *rests, "--json", str(found)) as running:
        said, _ = running.communicate(timeout=300)
    assert running.returncode == 0, said
    told = json.loads(found.read_text())
    assert sum(told["kills"].values()) >= 3, said
    judged = told["judged"]
    assert {name: value for name, value in judged.items() if isinstance(value, list) and value} == {}
    assert judged["acknowledged writes"] > 0
    assert judged["state changes"] > judged["monitors' changes"] > 0
    assert left(tmp_path) == []


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    with started(tmp_path, "--minutes", "5") as running:
        assert running.stdout
        assert running.stdout.readline().startswith("starting Nightdesk in ")
        until = time.monotonic() + 60
        while (
            len(left(tmp_path)) < 4 and time.monotonic() < until
        ):  # the folder, this command, up and its PostgreSQL
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=60)
    assert (running.returncode, said) == (
        ENDED,
        "Ended before its time: nothing was judged, nothing is left.\n",
    )
    assert left(tmp_path) == []
