"""What counts of errors come to (K62, K75): no later window that overlaps a little hides what was counted."""

from datetime import UTC, datetime, timedelta

from hotfixes.checks.watched import Counted, Reckoned, reckon

DEPLOYED = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return DEPLOYED + timedelta(minutes=minutes)


def counted(*rows: tuple[float, float, int], until: float = 120) -> Reckoned:
    """Each of (from minute, to minute, how many), the earliest told first, by one source."""
    told = [Counted("errors", n, at(since), at(end), "Sentry") for since, end, n in rows]
    found = reckon(told, "errors", deployed_at=DEPLOYED, needed=at(until))
    assert found
    return found


def test_errors_of_the_first_minutes_are_not_hidden_by_a_window_that_overlaps_them() -> None:
    found = counted((0, 6, 50), (5.9, 120, 0))
    assert (found.count, found.whole) == (50, True)


def test_windows_that_overlap_by_a_second_speak_of_all_of_the_time() -> None:
    windows = [(5 * n - 0.02, 5 * n + 5, int(n == 1)) for n in range(24)]
    found = counted(*windows)
    assert (found.count, found.whole) == (1, True)


def test_who_counts_the_same_time_again_corrects_what_was_counted_before() -> None:
    assert counted((0, 60, 50), (60, 120, 0), (0, 60, 2)).count == 2
    assert counted((0, 60, 50), (0, 120, 0)).count == 0


def test_a_part_counted_again_takes_nothing_of_the_rest() -> None:
    found = counted((0, 60, 50), (55, 60, 0))
    assert (found.count, found.whole) == (50, False)


def test_windows_of_the_last_hour_told_every_five_minutes_count_nothing_twice() -> None:
    """Each error is in twelve of them."""
    windows = [(5.0 * n - 55, 5.0 * n + 5, int(n < 12)) for n in range(24)]
    assert counted(*windows).count == 1
