"""Uptime from changes: what nobody watched is told apart, never counted as up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitoring.states import State
from monitoring.uptime import Point, Segment, Uptime, overlay, segments, uptime, window

END = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = 86_400


def test_a_day_without_changes_since_it_came_up_is_all_up() -> None:
    assert window([Point(END - 400 * HOUR, "up")], end=END, days=1) == Uptime(DAY, 0, 0, 0)


def test_before_the_first_look_nobody_watched() -> None:
    seen = window([Point(END - HOUR, "up")], end=END, days=1)
    assert seen == Uptime(3600, 0, 0, 23 * 3600)
    assert seen.percent == 100.0


def test_a_gap_is_left_out_of_the_percentage() -> None:
    points = [
        Point(END - 48 * HOUR, "up"),
        Point(END - 10 * HOUR, "unknown"),
        Point(END - 6 * HOUR, "up"),
        Point(END - 2 * HOUR, "down"),
        Point(END - HOUR, "up"),
    ]
    seen = window(points, end=END, days=1)
    assert seen == Uptime(19 * 3600, 0, 3600, 4 * 3600)
    assert seen.percent == 95.0


def test_degraded_still_answers() -> None:
    seen = window([Point(END - 24 * HOUR, "up"), Point(END - 12 * HOUR, "degraded")], end=END, days=1)
    assert seen == Uptime(DAY / 2, DAY / 2, 0, 0)
    assert seen.percent == 100.0


def test_nothing_watched_has_no_percentage() -> None:
    assert window([], end=END, days=7).percent is None


def test_a_few_seconds_have_no_percentage_and_a_part_says_that_it_is_one() -> None:
    seconds = [window([Point(END - timedelta(seconds=s), "up")], end=END, days=30) for s in (59, 60)]
    assert [seen.percent for seen in seconds] == [None, 100.0]
    whole = window([Point(END - 31 * 24 * HOUR, "up")], end=END, days=30)
    assert (seconds[1].is_partly, whole.is_partly) == (True, False)


def test_pieces_cover_the_window_and_say_why() -> None:
    points = [Point(END - 30 * HOUR, "up"), Point(END - 3 * HOUR, "down", "503"), Point(END - HOUR, "up")]
    start = END - 24 * HOUR
    assert segments(points, start=start, end=END) == [
        Segment(start, END - 3 * HOUR, "up"),
        Segment(END - 3 * HOUR, END - HOUR, "down", "503"),
        Segment(END - HOUR, END, "up"),
    ]


def test_a_change_after_the_window_does_not_show() -> None:
    points = [Point(END - 2 * HOUR, "up"), Point(END + HOUR, "down")]
    assert uptime(segments(points, start=END - HOUR, end=END)) == Uptime(3600, 0, 0, 0)


points = st.lists(
    st.builds(
        Point,
        st.integers(-100_000, 100_000).map(lambda s: END + timedelta(seconds=s)),
        st.sampled_from(list(State)),
    ),
    max_size=30,
)


@given(points)
def test_the_seconds_of_a_window_always_add_up(changes: list[Point]) -> None:
    pieces = segments(changes, start=END - 24 * HOUR, end=END)
    seen = uptime(pieces)
    assert seen.watched + seen.unwatched + seen.maintenance == DAY
    assert pieces[0].start == END - 24 * HOUR
    assert pieces[-1].end == END
    assert all(a.end == b.start and a.state != b.state for a, b in pairwise(pieces))


@given(points, st.integers(-86_400, 86_400))
def test_every_second_has_the_state_of_the_last_change_before_it(changes: list[Point], second: int) -> None:
    at = END + timedelta(seconds=second)
    pieces = segments(changes, start=END - 24 * HOUR, end=END)
    shown = [piece.state for piece in pieces if piece.start <= at < piece.end]
    if not shown:
        assert at >= END
        return
    before = [change for change in sorted(changes, key=lambda c: c.at) if change.at <= at]
    assert shown == [before[-1].state if before else State.UNKNOWN]


def piece(start_h: float, end_h: float, state: str, detail: str = "") -> Segment:
    return Segment(END - start_h * HOUR, END - end_h * HOUR, state, detail)


def test_several_targets_are_as_the_worst_of_them_at_every_moment() -> None:
    one = [piece(24, 6, "up"), piece(6, 4, "down", "503"), piece(4, 0, "up")]
    two = [piece(24, 20, "unknown"), piece(20, 5, "up"), piece(5, 3, "degraded"), piece(3, 0, "up")]
    assert overlay([one, two]) == [
        piece(24, 20, "unknown"),
        piece(20, 6, "up"),
        piece(6, 4, "down", "503"),
        piece(4, 3, "degraded"),
        piece(3, 0, "up"),
    ]
    assert overlay([one]) == one
    assert overlay([]) == []


@given(st.lists(points, min_size=1, max_size=4))
def test_an_overlay_covers_the_window_too(several: list[list[Point]]) -> None:
    merged = overlay([segments(changes, start=END - 24 * HOUR, end=END) for changes in several])
    seen = uptime(merged)
    assert seen.watched + seen.unwatched + seen.maintenance == DAY
