"""How far a watch has come, by the looks (K61, K98, C3). Nobody's silence makes it shorter."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotfixes.watch.course import course, recovered_at
from hotfixes.watch.shapes import BAD, GOOD, UNKNOWN, Course, Rule, Sample, Watched
from tests.depth import times

START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
TWO_HOURS = Rule(7200)
API = Watched(1, "API", 60)
SLOW = Watched(2, "Night job", 300)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def looks(
    start: float, end: float, *, every: float = 1, verdict: str = GOOD, target: int = 1
) -> list[Sample]:
    """From minute `start` until before minute `end`."""
    count = round((end - start) / every)
    return [Sample(target, at(start + n * every), verdict) for n in range(count)]


def judged(
    samples: list[Sample],
    now: float,
    *watched: Watched,
    rule: Rule = TWO_HOURS,
    kept: float = -30,
    counts: float | None = 0,
    maintenance: tuple[tuple[datetime, datetime], ...] = (),
) -> Course:
    return course(
        samples,
        watched or (API,),
        rule,
        kept_from=at(kept),
        counts_from=None if counts is None else at(counts),
        now=at(now),
        maintenance=maintenance,
    )


def test_two_hours_of_good_looks_are_enough_and_a_minute_less_is_not_k61() -> None:
    samples = looks(-30, 121)
    almost = judged(samples, 119.9)
    assert (almost.complete, almost.ends_at, round(almost.counted_s)) == (False, at(120), 119 * 60)
    done = judged(samples, 120)
    assert (done.complete_at, done.coverage, done.gaps, done.percent) == (at(120), 100, (), 100)


def test_the_time_counts_from_the_smoke_tests_and_not_from_the_deployment_c3() -> None:
    samples = looks(-90, 60)
    waiting = judged(samples, 60, counts=None)
    assert (waiting.counted_s, waiting.why, waiting.ends_at) == (0, "not_yet", None)
    assert judged(samples, 59, kept=-90).counted_s == 59 * 60


def test_ten_minutes_without_a_look_make_it_ten_minutes_longer_and_it_says_so() -> None:
    samples = [*looks(-5, 10), *looks(20, 200)]  # the last look before the hole is at minute 9
    found = judged(samples, 60)
    assert [(gap.start, gap.end, gap.who, gap.open) for gap in found.gaps] == [
        (at(9), at(20), ("API",), False)
    ]
    assert (found.ends_at, found.extended_s, round(found.counted_s)) == (at(131), 660, (9 + 40) * 60)
    assert (judged(samples, 130.9).complete, judged(samples, 131).complete_at) == (False, at(131))


def test_while_nobody_looks_the_end_moves_on() -> None:
    samples = looks(-5, 30)
    first, second = judged(samples, 40), judged(samples, 50)
    assert (first.ends_at, second.ends_at) == (at(131), at(141))
    assert (first.why, first.gaps[0].open, first.gaps[0].start) == ("gap", True, at(29))


def test_what_cannot_be_told_never_counts_as_well() -> None:
    assert judged(looks(-5, 200, verdict=UNKNOWN), 199).counted_s == 0
    found = judged([*looks(-5, 60), *looks(60, 90, verdict=UNKNOWN), *looks(90, 200)], 120)
    assert (round(found.counted_s / 60), found.ends_at, found.failure) == (59 + 30, at(151), None)


def test_one_bad_look_that_nothing_confirms_neither_fails_nor_counts() -> None:
    samples = [*looks(-5, 60), Sample(1, at(60), BAD), *looks(61, 200)]
    found = judged(samples, 100)
    assert (found.failure, found.gaps, round(found.counted_s / 60)) == (None, (), 98)
    assert found.ends_at == at(122)


def test_a_confirmed_failure_ends_the_count_where_it_is() -> None:
    down = [Sample(1, at(110), BAD), Sample(1, at(110.5), BAD, confirmed=True)]
    found = judged([*looks(-5, 110), *down, *looks(115, 200)], 180)
    assert found.failure
    assert (found.failure.at, found.failure.flapped, found.complete, found.why) == (
        at(110.5),
        False,
        False,
        "failed",
    )


def test_a_flapping_minute_at_one_hour_fifty_is_a_failure_that_nothing_has_to_confirm() -> None:
    flaps = [Sample(1, at(110 + n / 6), BAD if n % 2 else GOOD) for n in range(1, 6)]
    found = judged([*looks(-5, 110), *flaps, *looks(111, 200)], 180)
    assert found.failure
    assert (found.failure.at, found.failure.flapped) == (at(110.5), True)
    well = recovered_at([*looks(-5, 110), *flaps, *looks(111, 115)], (API,), TWO_HOURS, at(112))
    assert well is None
    well = recovered_at([*looks(-5, 110), *flaps, *looks(111, 116)], (API,), TWO_HOURS, at(115))
    assert well == at(111)


def test_a_target_that_was_down_since_before_the_deployment_has_five_minutes() -> None:
    still = [Sample(1, at(n), BAD, confirmed=True) for n in range(3)]
    assert judged([*still, *looks(3, 60)], 60, kept=0).failure is None
    later = [Sample(1, at(n), BAD, confirmed=True) for n in range(7)]
    failure = judged([*later, *looks(7, 60)], 60, kept=0).failure
    assert failure
    assert failure.at == at(5)


def test_all_targets_have_to_be_watched_and_the_gap_names_whose_it_is() -> None:
    night = looks(-10, 200, every=5, target=2)
    both = [*looks(-10, 200), *night]
    assert judged(both, 120, API, SLOW).complete_at == at(120)
    found = judged([*looks(-10, 30), *looks(45, 200), *night], 100, API, SLOW)
    assert [gap.who for gap in found.gaps] == [("API",)]


def test_who_is_looked_at_too_seldom_cannot_show_it_and_fails_it_all_the_same() -> None:
    daily = Watched(3, "Backup", 86_400)
    found = judged(looks(-5, 130), 120, API, daily)
    assert (found.complete, found.rare) == (True, ("Backup",))
    alone = judged([], 500, daily)
    assert (alone.complete, alone.why, alone.ends_at) == (False, "nobody", None)
    down = [Sample(3, at(10), GOOD), Sample(3, at(50), BAD, confirmed=True)]
    assert judged([*looks(-5, 130), *down], 60, API, daily).failure


def test_nobody_watching_is_never_over() -> None:
    found = course([], (), TWO_HOURS, kept_from=START, counts_from=START, now=at(10_000))
    assert (found.complete, found.ends_at, found.why) == (False, None, "nobody")


def test_maintenance_is_not_watched_and_no_failure() -> None:
    down = [Sample(1, at(32), BAD, confirmed=True)]
    found = judged([*looks(-5, 30), *down, *looks(40, 200)], 100, maintenance=((at(30), at(40)),))
    assert (found.failure, found.ends_at) == (None, at(131))


def test_a_target_that_came_later_asks_for_nothing_from_before() -> None:
    new = Watched(2, "New", 60, since=at(30))
    samples = [*looks(-5, 200), *looks(30, 200, target=2)]
    assert judged(samples, 120, API, new).complete_at == at(120)
    gone = Watched(2, "Off", 60, until=at(31))
    assert judged([*looks(-5, 200), *looks(-5, 32, target=2)], 120, API, gone).complete_at == at(120)


@pytest.mark.parametrize("coverage", [100, 95, 50])
def test_short_holes_count_against_the_coverage(coverage: int) -> None:
    """Every third look can't tell: none of the holes is a gap, and no stretch has enough of it."""
    samples = [Sample(1, at(n), UNKNOWN if n % 3 == 0 else GOOD) for n in range(-5, 2000)]
    found = judged(samples, 1900, rule=Rule(7200, coverage))
    assert (found.gaps, found.complete, found.why) == ((), False, "coverage")


# Looks of two targets: each so many seconds after the one before, and what it said.
LOOK = st.tuples(st.integers(1, 400), st.sampled_from([GOOD] * 12 + [UNKNOWN, BAD]), st.booleans())
LOOKS = st.lists(LOOK, max_size=120)
SHORT = Rule(1200, 90, 3)


def drawn(rows: list[tuple[int, str, bool]], target: int) -> list[Sample]:
    found, second = [], -60
    for step, verdict, confirmed in rows:
        second += step
        found.append(Sample(target, START + timedelta(seconds=second), verdict, confirmed and verdict == BAD))
    return found


@settings(max_examples=times(150))
@given(LOOKS, LOOKS, st.integers(0, 400), st.sampled_from([50, 90, 100]))
def test_it_is_never_over_with_less_than_its_time_watched(
    one: list[tuple[int, str, bool]], other: list[tuple[int, str, bool]], now: int, coverage: int
) -> None:
    samples = [*drawn(one, 1), *drawn(other, 2)]
    rule = Rule(1200, coverage, 3)
    found = judged(samples, now, API, SLOW, rule=rule)
    if not found.complete_at:
        return
    until = found.complete_at
    seen = sum((min(b, until) - max(a, START)).total_seconds() for a, b in found.pieces if a < until)
    assert seen >= rule.least_s - 1e-3
    assert (until - START).total_seconds() >= rule.least_s - 1e-3
    unknown = [look.at for look in samples if look.verdict != GOOD and START < look.at < until]
    assert not any(a < moment < b for a, b in found.pieces for moment in unknown)


@settings(max_examples=times(100))
@given(LOOKS, st.integers(0, 300), st.integers(0, 300))
def test_time_takes_nothing_back(rows: list[tuple[int, str, bool]], earlier: int, later: int) -> None:
    samples = drawn(rows, 1)
    before, after = (judged(samples, now, rule=SHORT) for now in sorted((earlier, later)))
    assert after.counted_s >= before.counted_s - 1e-3
    if before.complete_at:
        assert after.complete_at == before.complete_at
    elif before.failure:
        assert after.failure == before.failure
    elif before.ends_at and after.ends_at and not after.failure:
        assert after.ends_at >= before.ends_at - timedelta(milliseconds=1)


@settings(max_examples=times(150))
@given(LOOKS, st.integers(20, 400), st.integers(0, 100), st.integers(1, 30))
def test_a_gap_never_makes_it_shorter(
    rows: list[tuple[int, str, bool]], now: int, place: int, size: int
) -> None:
    """Good looks are taken out: what is left is over no earlier, if ever."""
    samples = [look for look in drawn(rows, 1) if look.verdict != BAD]
    fewer = [look for n, look in enumerate(samples) if look.verdict != GOOD or not place <= n < place + size]
    whole, holed = judged(samples, now, rule=SHORT), judged(fewer, now, rule=SHORT)
    if holed.complete_at:
        assert whole.complete_at
        assert holed.complete_at >= whole.complete_at - timedelta(milliseconds=1)
    assert holed.counted_s <= whole.counted_s + 1e-3


def test_time_before_the_first_monitor_was_watched_by_nobody() -> None:
    """Added fifty minutes after the deployment, it says nothing of what was before."""
    late = Watched(1, "API", 60, since=at(50))
    found = judged(looks(50, 200), 60, late)
    assert [(gap.start, gap.end, gap.who, gap.open) for gap in found.gaps] == [(at(0), at(50), (), False)]
    assert (round(found.counted_s), found.ends_at) == (10 * 60, at(170))
    beside = judged(
        [*looks(-5, 200), *looks(50, 200, target=2, every=5)], 60, API, Watched(2, "Job", 300, since=at(50))
    )
    assert (beside.gaps, beside.ends_at) == ((), at(120))


def test_once_the_last_monitor_is_gone_nobody_watches() -> None:
    found = judged(looks(-5, 31), 60, Watched(1, "API", 60, until=at(30)))
    assert [(gap.start, gap.end, gap.who, gap.open) for gap in found.gaps] == [(at(30), at(60), (), True)]
    assert (round(found.counted_s), found.why, found.ends_at) == (30 * 60, "gap", at(150))
