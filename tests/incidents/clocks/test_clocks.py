"""The arithmetic of clocks, by table and by hypothesis: never early, never lost, pauses kept, no matter the zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.clocks import clocks
from incidents.clocks.clocks import Run

START = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
]


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def run(target_s: int | None = 3600, **facts: object) -> Run:
    return Run(started_at=START, target_s=target_s, due_set_at=START, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clock", "at_s", "state", "elapsed", "remaining"),
    [
        (run(), 0, "running", 0, 3600),
        (run(), 3599, "running", 3599, 1),
        (run(), 3600, "breached", 3600, 0),
        (run(), 4000, "breached", 4000, -400),
        (run(stopped_at=after(192)), 9999, "met", 192, 3408),
        (run(stopped_at=after(3600)), 9999, "met", 3600, 0),
        (run(stopped_at=after(3601)), 9999, "breached", 3601, -1),
        (run(None), 9999, "none", 9999, None),
        (run(None, stopped_at=after(5)), 9999, "met", 5, None),
        (run(pauses=((after(100), None),)), 500, "paused", 100, None),
        (run(pauses=((after(100), after(400)),)), 500, "running", 200, 3400),
        (run(cancelled_at=after(7)), 9999, "cancelled", 7, 3593),
    ],
)
def test_a_clock_reads(clock: Run, at_s: float, state: str, elapsed: float, remaining: float | None) -> None:
    reading = clocks.read(clock, after(at_s))
    assert (reading.state, reading.elapsed_s, reading.remaining_s) == (state, elapsed, remaining)


def test_a_pause_after_the_clock_ran_out_saves_nothing() -> None:
    late = run(pauses=((after(4000), after(9000)),))
    assert clocks.due_at(late) == after(3600)


def test_the_sum_is_printed_line_by_line() -> None:
    clock = run(stopped_at=after(4200), pauses=((after(60), after(360)),))
    assert clocks.explain(
        clock, after(9999), severity="CRITICAL", target="< 1 h", start="when the problem was detected"
    ) == [
        "Started 2026-03-28 22:00:00 UTC, when the problem was detected.",
        "CRITICAL: < 1 h.",
        "Paused 2026-03-28 22:01:00 UTC to 2026-03-28 22:06:00 UTC, 5 min.",
        "Due 2026-03-28 23:05:00 UTC.",
        "Stopped 2026-03-28 23:10:00 UTC, after 1 h 05 min. 5 min late.",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (192, "3 min 12 s"),
        (3600, "1 h"),
        (7500, "2 h 05 min"),
        (90000, "25 h"),
        (273600, "3 d 4 h"),
    ],
)
def test_spans_read_as_people_say_them(seconds: float, text: str) -> None:
    assert clocks.span(seconds) == text


spans = st.integers(min_value=0, max_value=200_000)
pauses = st.lists(
    st.tuples(spans, spans).map(lambda pair: (after(min(pair)), after(max(pair)))), max_size=5
).map(tuple)
targets = st.integers(min_value=1, max_value=300_000)


@given(targets, pauses, spans)
def test_it_is_breached_exactly_from_its_due_moment_on(
    target_s: int, paused: tuple[clocks.Pause, ...], at: int
) -> None:
    clock = run(target_s, pauses=paused)
    due = clocks.due_at(clock)
    assert due is not None
    assert due >= after(target_s)
    assert (clocks.read(clock, after(at)).state == "breached") == (after(at) >= due)


@given(targets, pauses)
def test_at_its_due_moment_exactly_the_target_has_run(
    target_s: int, paused: tuple[clocks.Pause, ...]
) -> None:
    clock = run(target_s, pauses=paused)
    due = clocks.due_at(clock)
    assert due is not None
    assert clocks.read(clock, due).elapsed_s == target_s


@given(targets, st.lists(targets, min_size=1, max_size=6), pauses, spans)
def test_severity_changes_keep_accrued_pauses(
    first: int, later: list[int], paused: tuple[clocks.Pause, ...], step: int
) -> None:
    clock = run(first, pauses=paused)
    for number, target_s in enumerate(later, start=1):
        clock, _forgiven = clocks.retarget(clock, target_s, after(step * number))
    assert clocks.due_at(clock) == clocks.due_at(run(later[-1], pauses=paused))


@given(targets, targets, spans)
def test_a_breach_is_forgiven_only_if_the_new_due_moment_is_ahead(old: int, new: int, at: int) -> None:
    clock = run(old, breached_at=after(old), noticed_at=after(old))
    changed, forgiven = clocks.retarget(clock, new, after(at))
    assert forgiven == (after(new) > after(at))
    assert (changed.breached_at is None) == forgiven


@given(st.sampled_from(ZONES), targets, st.integers(0, 365 * 24 * 60))
def test_hours_stay_hours_across_a_change_of_the_clocks(zone: str, target_s: int, minute: int) -> None:
    start = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
    due = clocks.due_at(Run(started_at=start, target_s=target_s, due_set_at=start))
    assert due is not None
    assert (due.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == target_s
