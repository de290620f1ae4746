"""However `up` ends, nothing stays behind and nothing is lost."""

import http.cookiejar
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config import supervisor
from tests.fixtures.begun import Begin
from tests.patience import in_time, until
from tests.setup.running import EMAIL, PASSWORD, READY, ROOT, command, left_on, up


@pytest.fixture
def own_data(begin: Begin, tmp_path: Path) -> Iterator[Path]:
    """A data folder after an orderly end; no process is left in it."""
    yield begin(tmp_path / "data")
    assert left_on(tmp_path) == []


def signed_in(address: str) -> str:
    """The Cookie header of a session."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{address}/accounts/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "login": EMAIL, "password": PASSWORD}
    browser.open(f"{address}/accounts/login/", urllib.parse.urlencode(form).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def test_a_child_that_does_not_listen_is_killed_in_time(tmp_path: Path) -> None:
    deaf = "import pathlib, signal, sys, time; signal.signal(15, signal.SIG_IGN);"
    deaf += "pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
    process = supervisor.started([sys.executable, "-c", deaf, str(tmp_path / "deaf")], {}, "/", ())
    child = supervisor.Child("A task", lambda: process, process)
    until((tmp_path / "deaf").exists, "the child does not listen any more")
    began = time.monotonic()
    supervisor.end([child], None)
    assert 3.5 <= time.monotonic() - began < 4.5
    assert process.returncode == -signal.SIGKILL


def test_kill_9_of_the_supervisor_leaves_no_process_and_loses_nothing(own_data: Path) -> None:
    """And the next one ends in time, whoever still listens."""
    with up(own_data) as (running, _):
        assert running.stop(signal.SIGKILL) < 5
    assert left_on(own_data) == []
    with up(own_data) as (again, address), ExitStack() as open_streams:
        assert again.lines == [f"{READY}{address}"]  # no new administrator: the data is still there
        request = urllib.request.Request(
            f"{address}/live?topic=user:1&after=0", headers={"Cookie": signed_in(address)}
        )
        for _ in range(3):
            stream = open_streams.enter_context(urllib.request.urlopen(request, timeout=10))
            assert stream.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        took = again.stop(signal.SIGINT)
        assert took < 5
        assert in_time(took, supervisor.PATIENCE)  # each ended by itself, nobody had to be killed
        assert again.line("Nightdesk has stopped") == "Nightdesk has stopped."
        assert again.process.returncode == 0


def test_a_command_brings_its_own_database_and_takes_it_away_again(own_data: Path) -> None:
    found = command(own_data, "verify_timeline")
    assert (found.returncode, found.stderr) == (0, "")
    assert not (own_data / "postgres" / "postmaster.pid").exists()


@pytest.mark.parametrize(("before", "said"), [("SIG_IGN", "outlived"), ("SIG_DFL", "stopped")])
def test_started_by_nohup_it_outlives_the_terminal(before: str, said: str) -> None:
    program = f"""
import os, signal
from config.supervisor import Stop, stoppable
signal.signal(signal.SIGHUP, signal.{before})
try:
    with stoppable():
        os.kill(os.getpid(), signal.SIGHUP)
        print("outlived")
except Stop:
    print("stopped")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == said
