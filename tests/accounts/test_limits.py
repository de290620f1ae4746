"""A count per minute and name: none is lost, however many come at once, and none stays for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections

from accounts.limits import TooOften, count
from accounts.models import Counted


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_as_many_pass_as_may() -> None:
    def one(_number: int) -> bool:
        try:
            count("token:1", 20)
        except TooOften:
            return False
        finally:
            connections.close_all()
        return True

    with time_machine.travel("2026-03-04 03:00:00Z", tick=False), ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(60))) == 20


@pytest.mark.django_db
def test_it_begins_anew_with_each_minute_and_says_how_long_that_takes() -> None:
    with time_machine.travel("2026-03-04 03:00:40Z", tick=False):
        assert count("token:1", 2).left == 1
        assert count("token:1", 2).left == 0
        with pytest.raises(TooOften) as refused:
            count("token:1", 2)
        assert refused.value.wait_s == 20
        assert count("token:2", 2).left == 1
    with time_machine.travel("2026-03-04 03:01:00Z", tick=False):
        assert count("token:1", 2).left == 1


@pytest.mark.django_db
def test_those_of_former_minutes_are_forgotten() -> None:
    with time_machine.travel("2026-03-04 03:00:00Z", tick=False):
        for number in range(50):
            count(f"refused:192.0.2.{number}", 9)
    with time_machine.travel("2026-03-04 03:01:00Z", tick=False):
        count("refused:198.51.100.1", 9)
    assert list(Counted.objects.values_list("name", flat=True)) == ["refused:198.51.100.1"]
