"""How many were counted since a moment, by the numbers of looks: nothing twice, nothing that nobody read."""

from datetime import UTC, datetime, timedelta

from monitoring.counted import Counted, Run, counted

DEPLOYED = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
OVER = 300


def at(minute: float) -> datetime:
    return DEPLOYED + timedelta(minutes=minute)


def run(number: float, since: float, until: float, over_s: int = OVER, asked: str = "a") -> Run:
    return Run(number, over_s, over_s or 180, asked, at(since), at(until))


def found(*runs: Run, until: float = 60) -> Counted:
    return counted(runs, DEPLOYED, at(until))


def test_none_in_every_look_is_none_for_all_the_time() -> None:
    seen = found(run(0, -30, 60))
    assert (seen.count, seen.spans) == (0, ((DEPLOYED, at(60)),))
    assert seen.holes(DEPLOYED, at(60)) == []


def test_what_went_wrong_before_the_deployment_is_not_the_deployments() -> None:
    """Until minute 4 the last five minutes still hold errors from before; at minute 6 they hold none."""
    seen = found(run(7, -10, 0), run(2, 1, 4), run(0, 6, 60))
    assert (seen.count, seen.spans) == (0, ((at(1), at(60)),))


def test_the_same_errors_are_not_counted_again_by_each_look_that_still_sees_them() -> None:
    assert found(run(0, 5, 10), run(3, 11, 14), run(0, 16, 60)).count == 3
    assert found(run(0, 5, 10), run(3, 11, 21), run(0, 22, 60)).count == 9, "three times five minutes"
    assert found(run(0, 5, 10), run(1, 11, 12), run(6, 13, 15), run(0, 19, 60)).count == 6


def test_a_part_of_one_is_one() -> None:
    assert found(run(0.03, 10, 11)).count == 1


def test_a_time_that_nobody_read_is_a_hole() -> None:
    seen = found(run(0, 5, 20), run(0, 45, 60))
    assert seen.holes(DEPLOYED, at(60)) == [(at(20), at(40))]


def test_of_a_number_that_only_grows_it_counts_by_how_much() -> None:
    seen = found(run(40, -5, 20, 0), run(43, 21, 30, 0), run(44, 31, 60, 0))
    assert (seen.count, seen.holes(DEPLOYED, at(60))) == (4, [])


def test_one_that_began_anew_counts_what_it_has_and_leaves_open_what_was_lost() -> None:
    seen = found(run(40, -5, 20, 0), run(2, 21, 60, 0))
    assert (seen.count, seen.holes(DEPLOYED, at(60))) == (2, [(at(20), at(21))])


def test_what_it_grew_by_while_nobody_read_it_counts_too_and_the_time_stays_a_hole() -> None:
    seen = found(run(0, -5, 20, 0), run(5, 40, 60, 0))
    assert (seen.count, seen.holes(DEPLOYED, at(60))) == (5, [(at(20), at(40))])


def test_growth_across_the_deployment_is_not_the_deployments() -> None:
    seen = found(run(9, -5, -1, 0), run(12, 1, 60, 0))
    assert (seen.count, seen.holes(DEPLOYED, at(60))) == (0, [(DEPLOYED, at(1))])


def test_numbers_of_another_question_are_never_subtracted() -> None:
    assert found(run(9, 0, 10, 0), run(900, 11, 60, 0, asked="b")).count == 0
