"""A worker that is stuck ends itself; one that is idle, asleep, or waits for PostgreSQL or Redis, never does."""

import time

import pytest

from config.health import watchdog
from config.health.watchdog import Watchdog, stuck
from foundation import heartbeat
from foundation.heartbeat import Sign

WELL = {
    "ticker": Sign("ticker", 9, 0.5, None),
    "sender": Sign("sender", 1, 4000, None),
    "prober": Sign("prober", 1, 4000, 10),
    "broker": Sign("broker", 9, 3, None),
}


def why(unanswered_s: float = 0, awake_s: float = 9000, **changed: Sign) -> str:
    return stuck({**WELL, **changed}, unanswered_s=unanswered_s, awake_s=awake_s)


def test_an_idle_worker_stays() -> None:
    assert why() == ""
    assert stuck({}, unanswered_s=0, awake_s=9000) == ""


@pytest.mark.parametrize(
    ("sign", "seconds"),
    [
        (lambda s: {"ticker": Sign("ticker", 9, s, None)}, 35),
        (lambda s: {"sender": Sign("sender", 9, 1, s)}, 120),
        (lambda s: {"prober": Sign("prober", 9, 1, s)}, 120),
        (lambda s: {"bell": Sign("bell", 9, 1, s)}, 120),
    ],
)
def test_a_loop_without_a_sign_ends_it(sign: object, seconds: float) -> None:
    assert why(**sign(seconds)) == ""  # type: ignore[operator]
    assert "has shown no sign" in why(**sign(seconds + 1))  # type: ignore[operator]


def test_hints_that_the_broker_takes_and_nobody_consumes_end_it() -> None:
    assert why(unanswered_s=watchdog.ECHO_S) == ""
    assert "has consumed no hint" in why(unanswered_s=watchdog.ECHO_S + 1)


def test_time_in_which_it_did_not_run_itself_is_not_held_against_it() -> None:
    assert why(awake_s=29, unanswered_s=500, ticker=Sign("ticker", 9, 500, None)) == ""
    assert why(awake_s=34, ticker=Sign("ticker", 9, 500, None)) == ""


@pytest.fixture
def dog() -> tuple[Watchdog, list[str]]:
    ended: list[str] = []
    heartbeat.forget()  # loops that other tests ran in this process
    made = Watchdog(lambda: 60.0, lambda: None, ended.append)
    made.awake_since -= 3600
    return made, ended


def looks(dog: Watchdog, seconds: int) -> None:
    """As if it looked once a second for so long."""
    for _ in range(seconds):
        dog._looked = time.monotonic()
        if dog._suspect_since is not None:
            dog._suspect_since -= 1
        dog.look()


@pytest.mark.django_db
def test_it_is_sure_before_it_ends_a_worker(dog: tuple[Watchdog, list[str]]) -> None:
    looks(dog[0], 9)
    assert dog[1] == []
    looks(dog[0], 3)
    assert dog[1][:1] == ["it has consumed no hint for 60 s although the broker takes them"]


def test_while_the_database_is_away_it_is_nobodys_fault(
    dog: tuple[Watchdog, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "database_answers", lambda: False)
    looks(dog[0], 30)
    assert dog[1] == []


def test_after_a_gap_it_starts_to_count_anew(dog: tuple[Watchdog, list[str]]) -> None:
    dog[0]._looked -= 60
    dog[0].look()
    looks(dog[0], 20)
    assert dog[1] == []
