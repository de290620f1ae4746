"""Every line of the schedule runs: a name that is wrong would be told once per round, in a log."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from config.schedule import SWEEPS, Sweep
from config.ticker import TickerLoop
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.name)
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


def test_breaches_come_first_and_a_storm_goes_on_in_rounds() -> None:
    """A storm of changes must not keep a breach waiting: little of it a round, and no sleep between."""
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
            Sweep("breaches", lambda: order.append("breaches"), on_wake=True),
            Sweep("storm", storm, on_wake=True, goes_on=True),
        ),
        (),
    )
    began = time.monotonic()
    loop.run()
    assert order == ["breaches", "storm"] * 20
    assert time.monotonic() - began < 10  # a round with nothing to do sleeps for a second
    assert [sweep.name for sweep in SWEEPS[:2]] == ["breaches", "intake"]
    assert SWEEPS[1].goes_on
