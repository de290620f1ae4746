"""The broker is a doorbell only: one that is silent, frozen or gone delays an errand by seconds and stops none."""

import itertools
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery
from redis import Redis
from redis.exceptions import RedisError

from config import ticker
from config.schedule import Errand
from config.ticker import Bell

pytestmark = pytest.mark.django_db(transaction=True)

# The silent broker is judged by the patience of production; the others need not be waited for as long.
SOON_S = 0.5


@pytest.fixture
def ran() -> list[float]:
    """When the errand ran in this process."""
    return []


@pytest.fixture
def errand(ran: list[float]) -> Errand:
    app = Celery("tests", set_as_current=False)

    @app.task(name="tests.errand", shared=False)  # type: ignore[untyped-decorator]
    def run() -> None:
        ran.append(time.monotonic())

    return Errand("probes", run, lambda: None)


def ring_until(bell: Bell, errand: Errand, happened: Callable[[], bool]) -> float:
    """As the ticker does, ever later; returns the seconds it took."""
    began = time.monotonic()
    while not happened():
        late_s = time.monotonic() - began
        assert late_s < 8, "nothing happened"
        bell.ring(errand, late_s)
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.fixture
def silent() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_silent_broker_does_not_hold_an_errand_up(silent: str, errand: Errand, ran: list[float]) -> None:
    bell = Bell(silent)
    assert ring_until(bell, errand, lambda: bool(ran)) < 5
    bell.hints["probes"].result(20)  # it gives up, and so does not keep its thread
    assert ring_until(bell, errand, lambda: len(ran) > 1) < 1


def test_an_errand_that_no_hint_moved_runs_here(
    redis: tuple[Redis, str, subprocess.Popen[bytes]],
    errand: Errand,
    ran: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, url, _process = redis
    bell = Bell(url)
    bell.ring(errand)
    bell.hints["probes"].result(10)
    assert (client.llen("celery"), ran) == (1, [])  # and nobody takes it
    monkeypatch.setattr(ticker, "PATIENCE_S", SOON_S)
    assert ring_until(bell, errand, lambda: bool(ran)) < 5


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[Redis, str, subprocess.Popen[bytes]]]:
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("no redis-server on this machine (apt install redis-server)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    with Redis(port=port, decode_responses=True) as client:
        for tried in itertools.count():
            try:
                client.ping()
                break
            except RedisError:
                assert tried < 100
                time.sleep(0.05)
        yield client, f"redis://127.0.0.1:{port}/0", process
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(10)


def test_hints_stop_while_the_broker_is_frozen_and_come_back_after_it(
    redis: tuple[Redis, str, subprocess.Popen[bytes]],
    errand: Errand,
    ran: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ticker, "BROKER_REST_S", 0.5)
    client, url, process = redis
    bell = Bell(url)
    ring_until(bell, errand, lambda: client.llen("celery") == 1)
    assert ran == []
    bell.hints["probes"].result(10)

    monkeypatch.setattr(ticker, "PATIENCE_S", SOON_S)
    process.send_signal(signal.SIGSTOP)
    assert ring_until(bell, errand, lambda: bool(ran)) < 5
    bell.hints["probes"].result(20)

    process.send_signal(signal.SIGCONT)
    time.sleep(0.6)
    before = client.llen("celery")
    ring_until(bell, errand, lambda: client.llen("celery") > before)
