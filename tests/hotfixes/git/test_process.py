"""Every limit of a run, by commands that break exactly one; with the system's tools and with our own stub."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from hotfixes.git import process
from hotfixes.git.launch import limited
from hotfixes.git.limits import MB, Limits

PLENTY = Limits(wall_s=20, cpu_s=10, memory=1024 * MB, file=1 * MB, output=1 * MB)
HERE = {"PATH": os.environ["PATH"]}


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", textwrap.dedent(code)]


def run(command: Sequence[str], limits: Limits = PLENTY, **options: bytes) -> process.Result:
    return process.run(command, limits=limits, environment=HERE, **options)  # type: ignore[arg-type]


@pytest.fixture(params=[False, True], ids=["prlimit", "stub"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of setting limits."""
    stub = request.param
    monkeypatch.setattr(process, "limited", lambda command, limits: limited(command, limits, stub=stub))


def test_a_command_is_heard_to_its_end(either: None) -> None:
    done = run(["sh", "-c", "cat; echo problem >&2; exit 3"], stdin=b"told\n")
    assert (done.code, done.stdout, done.stderr) == (3, b"told\n", b"problem\n")


def test_processor_time_ends(either: None) -> None:
    done = run(python("while True: pass"), replace(PLENTY, cpu_s=1))
    assert done.code in (-signal.SIGXCPU, -signal.SIGKILL)


def test_memory_ends(either: None) -> None:
    done = run(python("x = bytearray(300_000_000)"), replace(PLENTY, memory=200 * MB))
    assert (done.code, b"MemoryError" in done.stderr) == (1, True)


def test_a_file_ends(either: None, tmp_path: Path) -> None:
    file = tmp_path / "big"
    done = run(["dd", "if=/dev/zero", f"of={file}", "bs=65536", "count=100"])
    assert (done.code, file.stat().st_size) == (-signal.SIGXFSZ, MB)


def test_what_it_says_ends(either: None) -> None:
    began = time.monotonic()
    with pytest.raises(process.TooMuch):
        run(["yes"])
    assert time.monotonic() - began < 10


def test_complaints_are_kept_to_the_last_and_never_grow() -> None:
    done = run(python("import sys\nfor n in range(20_000): print('noise', n, file=sys.stderr)"))
    assert len(done.stderr) == process.KEPT_ERRORS
    assert done.stderr.endswith(b"noise 19999\n")


def test_the_wall_ends_everything_it_started(either: None) -> None:
    children = "import subprocess, time; subprocess.Popen(['sleep', '987.5']); time.sleep(99)"
    with pytest.raises(process.OutOfTime):
        run(python(children), replace(PLENTY, wall_s=1.5))
    assert _none_left("987.5")


def test_who_leaves_helpers_behind_leaves_none(either: None) -> None:
    began = time.monotonic()
    done = run(["sh", "-c", "sleep 986.5 & echo done"])
    assert (done.code, done.stdout) == (0, b"done\n")
    assert time.monotonic() - began < 10
    assert _none_left("986.5")


def test_who_closes_its_pipes_and_stays_is_ended() -> None:
    with pytest.raises(process.OutOfTime):
        run(["sh", "-c", "exec >&- 2>&-; sleep 985.5"], replace(PLENTY, wall_s=0.5))
    assert _none_left("985.5")


def test_a_command_dies_with_the_worker_that_started_it(either: None, tmp_path: Path) -> None:
    stub = "stub" in os.environ["PYTEST_CURRENT_TEST"]
    worker = f"""
        import subprocess, sys, time
        sys.path.insert(0, {str(Path.cwd())!r})
        from hotfixes.git.launch import limited
        from hotfixes.git.limits import Limits
        limits = Limits(9, 9, 2**30, 0, 0)
        subprocess.Popen(limited(["sleep", "984.5"], limits, stub={stub}), start_new_session=True)
        print("started", flush=True)
        time.sleep(99)
        """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(worker)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        _wait_for("984.5")
        parent.kill()
    assert _none_left("984.5")


def test_nothing_of_our_environment_and_files_is_handed_on(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as kept:
        os.set_inheritable(kept.fileno(), True)
        assert run(["env"]).stdout == f"PATH={os.environ['PATH']}\n".encode()
        done = run(python("import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:4])"))
    assert done.stdout == b"[0, 1, 2, 3]\n"  # 3 is the folder being listed


def test_a_command_that_is_not_there() -> None:
    done = run(["/nonexistent/git"])
    assert (done.code != 0, b"/nonexistent/git" in done.stderr) == (True, True)


def _running(argument: str) -> bool:
    def mine(found: psutil.Process) -> bool:
        try:
            return argument in found.cmdline() and found.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    return any(mine(found) for found in psutil.process_iter())


def _wait_for(argument: str) -> None:
    until = time.monotonic() + 10
    while not _running(argument) and time.monotonic() < until:
        time.sleep(0.02)
    assert _running(argument)


def _none_left(argument: str) -> bool:
    until = time.monotonic() + 10
    while _running(argument) and time.monotonic() < until:
        time.sleep(0.02)
    return not _running(argument)
