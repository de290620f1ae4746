"""Every line of the schedule runs: a name that is wrong would be told once per round, in a log."""

import time
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from config import ticker
from config.schedule import PROMPT, SWEEPS, Sweep
from config.ticker import TickerLoop, loops
from foundation import moment
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sweep", [*PROMPT, *SWEEPS], ids=lambda sweep: sweep.name)
def test_a_sweep_runs_on_an_empty_house(sweep: Sweep) -> None:
    sweep.run()


def test_sessions_that_ended_are_dropped() -> None:
    for email in ("ada@example.test", "ben@example.test"):
        Client().force_login(make_user(email))
    ended = Session.objects.first()
    assert ended
    Session.objects.filter(pk=ended.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    next(sweep for sweep in SWEEPS if sweep.name == "sessions").run()
    assert Session.objects.count() == 1


def test_a_storm_goes_on_in_rounds_without_a_sleep_between() -> None:
    """Little of it a round, so that everything else has its turn."""
    order: list[str] = []
    left = [20]

    def storm() -> int:
        order.append("storm")
        left[0] -= 1
        if left[0] == 0:
            loop.stopping.set()
        return 1

    loop = TickerLoop(
        (
            Sweep("first", lambda: order.append("first"), on_wake=True),
            Sweep("storm", storm, on_wake=True, goes_on=True),
        ),
        (),
    )
    began = time.monotonic()
    loop.run()
    assert order == ["first", "storm"] * 20
    assert time.monotonic() - began < 10  # a round with nothing to do sleeps for a second
    assert [sweep.goes_on for sweep in SWEEPS if sweep.name == "intake"] == [True]


def test_breaches_and_messages_wait_for_no_other_sweep() -> None:
    """They have a loop of their own: what takes seconds on the other one, in a storm, keeps them from nothing."""
    jobs = {loop.name: {job.name for job in loop.jobs} for loop in loops()}
    assert jobs["clocks"] == {"breaches", "messages"}
    assert not jobs["clocks"] & jobs["ticker"]


def test_what_is_not_due_is_not_asked_about_in_every_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds follow each other quickly, and each concerns one job; whoever wakes us may have changed them all."""
    monkeypatch.setattr(ticker, "HOLDS_S", 3600)
    asked: list[str] = []

    def later() -> datetime:
        asked.append("asked")
        return moment.now() + timedelta(hours=1)

    loop = TickerLoop((Sweep("calm", lambda: 0, every_s=3600, next_due=later),), ())
    for _round in range(5):
        loop.tick(woken=False)
        loop.sleep_s()
    assert asked == ["asked"]
    loop.tick(woken=True)
    loop.sleep_s()
    assert asked == ["asked", "asked"]


def test_what_says_when_it_is_due_runs_then_and_no_wake_up_brings_it_earlier() -> None:
    due, ran = [moment.now() + timedelta(hours=1)], list[str]()

    def run() -> int:
        ran.append("ran")
        return 0

    loop = TickerLoop((Sweep("calm", run, next_due=lambda: due[0]),), ())
    loop.tick(woken=True)
    assert ran == ["ran"]  # once when a worker begins, whatever it says
    loop.tick(woken=True)
    assert ran == ["ran"]
    due[0] = moment.now()
    loop.tick(woken=True)
    assert ran == ["ran", "ran"]
