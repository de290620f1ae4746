"""Every line of the schedule runs: a name that is wrong would be told once per round, in a log."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from config.schedule import SWEEPS, Sweep
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
