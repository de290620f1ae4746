"""Clocks that count working hours, by table; every clock under random pauses, severities and changes of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.calendar import WorkingCalendar
from incidents.clocks import clocks
from incidents.clocks.clocks import Run
from tests.depth import times

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
ZONES = (
    "UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham",
)  # fmt: skip
H = 3600


def vienna(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Vienna"))


def office(*holidays: str) -> WorkingCalendar:
    return WorkingCalendar.of("Europe/Vienna", WEEK, holidays)


def run(start: str, hours: float, *pauses: tuple[str, str | None], holidays: tuple[str, ...] = ()) -> Run:
    return Run(
        started_at=vienna(start),
        target_s=round(hours * H),
        due_set_at=vienna(start),
        pauses=tuple((vienna(a), vienna(b) if b else None) for a, b in pauses),
        calendar=office(*holidays),
    )


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        # within a day, over a night, over a weekend, over a holiday
        (run("2026-11-16T10:00", 4), "2026-11-16T14:00"),
        (run("2026-11-16T15:00", 4), "2026-11-17T11:00"),
        (run("2026-11-20T16:00", 4), "2026-11-23T12:00"),
        (run("2026-12-24T16:00", 4, holidays=("2026-12-25",)), "2026-12-28T12:00"),
        # begins at night, and exactly at closing time
        (run("2026-11-16T03:00", 1), "2026-11-16T10:00"),
        (run("2026-11-16T17:00", 1), "2026-11-17T10:00"),
        # a whole week over the change of the clocks, both ways, and over the end of a month and a year
        (run("2026-03-27T09:00", 40), "2026-04-02T17:00"),
        (run("2026-10-23T09:00", 40), "2026-10-29T17:00"),
        (run("2026-12-31T16:00", 2, holidays=("2027-01-01",)), "2027-01-04T10:00"),
        # a leap day counts as any other
        (run("2028-02-28T16:00", 10), "2028-03-01T10:00"),
        # pauses: by day, over the night (one working hour and one), entirely at night
        (run("2026-11-16T10:00", 4, ("2026-11-16T11:00", "2026-11-16T12:30")), "2026-11-16T15:30"),
        (run("2026-11-16T10:00", 4, ("2026-11-16T13:00", "2026-11-17T10:00")), "2026-11-17T11:00"),
        (run("2026-11-16T15:00", 4, ("2026-11-16T18:00", "2026-11-17T08:00")), "2026-11-17T11:00"),
        (run("2026-11-16T10:00", 4, ("2026-11-16T12:00", "2026-11-16T13:00"), ("2026-11-16T12:30", "2026-11-16T14:00")),
         "2026-11-16T16:00"),
        # one after it has run out saves nothing
        (run("2026-11-16T10:00", 1, ("2026-11-16T12:00", "2026-11-16T16:00")), "2026-11-16T11:00"),
    ],
)  # fmt: skip
def test_office_hours(clock: Run, due: str) -> None:
    assert clocks.due_at(clock) == vienna(due)


def test_an_open_pause_holds_it_off_unless_it_had_run_out_before() -> None:
    assert clocks.due_at(run("2026-11-16T10:00", 4, ("2026-11-16T11:00", None))) is None
    late = run("2026-11-16T10:00", 1, ("2026-11-16T12:00", None))
    assert clocks.due_at(late) == vienna("2026-11-16T11:00")
    assert clocks.read(late, vienna("2026-11-16T13:00")).state == "breached"


def test_another_severity_keeps_the_pauses_and_counts_them_by_the_new_hours() -> None:
    night = ("2026-11-16T16:00", "2026-11-17T10:00")
    office_hours = run("2026-11-16T15:00", 4, night)
    always = Run(**{**vars(office_hours), "calendar": None})
    fresh, _forgiven = clocks.retarget(always, 8 * H, vienna("2026-11-17T10:30"))
    assert clocks.due_at(office_hours) == vienna("2026-11-17T13:00")
    assert clocks.due_at(fresh) == vienna("2026-11-17T17:00")


MOMENTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - the zone is drawn
    datetime(2028, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from(ZONES).map(ZoneInfo),
).map(lambda local: local.astimezone(UTC).astimezone(local.tzinfo))  # only moments that exist


@st.composite
def stories(draw: st.DrawFn) -> tuple[Run, list[tuple[float, str, int]]]:
    """A clock, and what is done to it: pauses, goings on, other severities, each so long after the one before."""
    calendar = None
    if draw(st.booleans()):
        calendar = WorkingCalendar.of(draw(st.sampled_from(ZONES)), WEEK)
    start = draw(MOMENTS)
    clock = Run(started_at=start, target_s=draw(st.integers(60, 80 * H)), due_set_at=start, calendar=calendar)
    kinds = st.sampled_from(("pause", "resume", "severity"))
    acts = st.tuples(st.floats(1, 60 * H), kinds, st.integers(60, 80 * H))
    return clock, draw(st.lists(acts, max_size=8))


@settings(max_examples=times(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories())
def test_a_breach_comes_once_never_early_and_is_never_lost(
    story: tuple[Run, list[tuple[float, str, int]]],
) -> None:
    """0 early, 0 double, 0 missing: held against counting the seconds that are not paused."""
    clock, acts = story
    now = clock.started_at.astimezone(UTC)
    breached: list[datetime] = []
    for after_s, kind, target_s in acts:
        then = now + timedelta(seconds=round(after_s))
        clock = _sweep(clock, now, then, breached)
        now = then
        clock = _done(clock, kind, target_s, now)
    clock = _sweep(clock, now, now + timedelta(days=400), breached)
    assert len(breached) <= 1 + sum(kind == "severity" for _after, kind, _target in acts)
    if not clocks.is_paused(clock) and clock.target_s is not None:
        assert clock.breached_at is not None


def _done(clock: Run, kind: str, target_s: int, now: datetime) -> Run:
    """As the verbs do it: only what fits."""
    state = clocks.read(clock, now).state
    if kind == "pause" and state == "running":
        return Run(**{**vars(clock), "pauses": (*clock.pauses, (now, None))})
    if kind == "resume" and state == "paused":
        return Run(**{**vars(clock), "pauses": tuple((a, b or now) for a, b in clock.pauses)})
    if kind == "severity":
        return clocks.retarget(clock, target_s, now)[0]
    return clock


def _sweep(clock: Run, since: datetime, until: datetime, breached: list[datetime]) -> Run:
    """What the sweep does between two deeds: marks what is due, once."""
    due = clocks.due_at(clock)
    if due is None or due > until or clock.breached_at:
        return clock
    # Never early: by then exactly the limit has passed that counts, and it never fires twice.
    counted = clock.between(clock.started_at, due) - clocks.paused_s(clock, due)
    assert clock.target_s is not None
    assert abs(counted - clock.target_s) < 0.001
    breached.append(due)
    return Run(**{**vars(clock), "breached_at": due, "noticed_at": max(due, since)})


@given(MOMENTS, st.integers(1, 2000))
def test_without_a_calendar_a_span_is_a_span_in_every_zone(start: datetime, hours: int) -> None:
    """DST, leap days and ends of months: not off by a second."""
    due = clocks.due_at(Run(started_at=start, target_s=hours * H, due_set_at=start))
    assert due is not None
    assert (due - start.astimezone(UTC)).total_seconds() == hours * H
