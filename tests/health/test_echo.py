"""Hints that a worker sends itself, over a real Redis: answered, unanswered, and while Redis is away."""

import subprocess

import pytest
from celery import Celery
from redis import Redis

from config.health.echo import Echo
from tests.setup.test_broker import redis

__all__ = ["redis"]


@pytest.fixture
def echo(redis: tuple[Redis, str, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch) -> Echo:
    app = Celery("tests", broker=redis[1], set_as_current=False)

    @app.task(name="tests.echo", acks_late=False, shared=False)  # type: ignore[untyped-decorator]
    def back() -> None:
        return

    monkeypatch.setattr("config.health.echo.echo", back)
    made = Echo(app)
    made.listen()
    return made


def test_hints_that_nobody_consumes_are_counted_and_forgotten_by_redis(
    echo: Echo, redis: tuple[Redis, str, subprocess.Popen[bytes]]
) -> None:
    for _ in range(3):
        assert echo.unanswered_s == 0.0
        echo.send()
    assert echo.unanswered_s > 0
    assert redis[0].llen(echo.queue) == 3
    assert 0 < redis[0].ttl(echo.queue) <= 600
    echo._received()
    assert echo.unanswered_s == 0.0


def test_while_redis_is_away_nothing_counts(
    echo: Echo, redis: tuple[Redis, str, subprocess.Popen[bytes]]
) -> None:
    for _ in range(3):
        echo.send()
    redis[2].kill()
    redis[2].wait(10)
    echo.send()
    assert (echo.unanswered_s, echo.sent) == (0.0, 0)
