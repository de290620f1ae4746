"""The next look keeps to a grid: no drift, an even spread."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitoring.schedule import next_look

NOW = datetime(2026, 11, 21, 2, 0, 13, 500_000, tzinfo=UTC)


def look(number: int, now: datetime = NOW, *, interval_s: int = 60, is_counting: bool = False) -> datetime:
    return next_look(number, interval_s=interval_s, retry_s=10, is_counting=is_counting, now=now)


def test_a_slow_look_does_not_move_the_ones_after_it() -> None:
    first = look(7)
    assert look(7, first + timedelta(seconds=17)) == first + timedelta(seconds=60)
    assert look(7, first) == first + timedelta(seconds=60)


def test_a_failure_is_looked_at_again_soon_but_never_later_than_the_grid_says() -> None:
    assert look(7, interval_s=3600, is_counting=True) == NOW + timedelta(seconds=10)
    assert look(7, interval_s=2, is_counting=True) == look(7, interval_s=2)


def test_sixty_monitors_of_one_interval_spread_over_it() -> None:
    due = sorted((look(number) - NOW).total_seconds() for number in range(1, 61))
    gaps = [b - a for a, b in pairwise(due)]
    assert max(gaps) < 3.0


@given(st.integers(1, 10**9), st.integers(1, 86_400), st.integers(0, 10**9))
def test_the_next_look_is_ahead_and_within_one_interval(number: int, interval_s: int, after_s: int) -> None:
    now = NOW + timedelta(seconds=after_s)
    ahead = look(number, now, interval_s=interval_s) - now
    assert timedelta(0) < ahead <= timedelta(seconds=interval_s)
