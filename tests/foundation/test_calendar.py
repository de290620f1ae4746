"""Working time is real seconds inside local hours: over clock changes, leap days, month ends, holidays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.calendar import DAYS, WorkingCalendar

WEEK = dict.fromkeys(DAYS[:5], "09:00-17:00")
ALWAYS = dict.fromkeys(DAYS, "00:00-24:00")
ZONES = (
    "UTC",
    "Europe/Vienna",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
)


def at(text: str, zone: str = "Europe/Vienna") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-20T10:00", 4, "2026-11-20T14:00"),
        ("2026-11-20T15:00", 4, "2026-11-23T11:00"),  # Friday afternoon goes on on Monday
        ("2026-11-21T12:00", 1, "2026-11-23T10:00"),  # a Saturday counts nothing
        ("2026-11-20T09:00", 8, "2026-11-20T17:00"),  # the very end of the day is still that day
        ("2026-11-20T17:00", 1, "2026-11-23T10:00"),
        ("2024-02-28T16:00", 2, "2024-02-29T10:00"),  # a leap day is a day
        ("2026-01-30T16:00", 2, "2026-02-02T10:00"),  # over the end of a month
        ("2026-12-31T16:00", 2, "2027-01-04T10:00"),  # over New Year's Day, a holiday, and a weekend
        ("2026-03-27T16:00", 2, "2026-03-30T10:00"),  # over the clock change in spring, by the wall as before
        ("2026-10-23T16:00", 2, "2026-10-26T10:00"),
    ],
)
def test_hours_reach_over_nights_weekends_and_days_off(start: str, hours: int, due: str) -> None:
    calendar = WorkingCalendar.of("Europe/Vienna", WEEK, ["2027-01-01"])
    assert calendar.after(at(start), hours * 3600) == at(due)
    assert calendar.between(at(start), at(due)) == hours * 3600


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "start",
    ["2026-03-07T12:00", "2026-03-28T12:00", "2026-10-03T12:00", "2026-10-24T12:00", "2026-10-31T12:00"],
)
def test_a_calendar_without_a_break_is_plain_time_in_every_zone(zone: str, start: str) -> None:
    """24 h across a clock change are 86,400 seconds, whatever the wall says."""
    calendar = WorkingCalendar.of(zone, ALWAYS)
    begin = at(start, zone)
    for hours in (1, 12, 24, 25, 72, 24 * 14):
        assert calendar.after(begin, hours * 3600) == begin + timedelta(hours=hours)


def test_a_night_shift_over_a_clock_change_is_an_hour_shorter() -> None:
    calendar = WorkingCalendar.of("Europe/Vienna", {"sun": "00:00-08:00"})
    spring, autumn = at("2026-03-29T00:00"), at("2026-10-25T00:00")
    assert calendar.between(spring, spring + timedelta(hours=12)) == 7 * 3600
    assert calendar.between(autumn, autumn + timedelta(hours=12)) == 9 * 3600


def test_hours_that_fall_into_the_gap_come_after_it() -> None:
    calendar = WorkingCalendar.of("Europe/Vienna", {"sun": "02:00-02:30", "mon": "09:00-10:00"})
    assert calendar.after(at("2026-03-29T00:00"), 60) == at("2026-03-29T03:01")


def test_nothing_but_holidays_is_said_and_not_searched_for_ever() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(5 * 366)]
    calendar = WorkingCalendar.of("UTC", WEEK, days)
    with pytest.raises(ValueError, match="no working time left"):
        calendar.after(at("2026-06-01T00:00", "UTC"), 60)


def test_it_comes_back_from_json() -> None:
    calendar = WorkingCalendar.of("Europe/Vienna", WEEK, ["2027-01-01"])
    assert WorkingCalendar.from_json(calendar.as_json()) == calendar


def test_a_hundred_mornings_add_up_to_the_second() -> None:
    calendar = WorkingCalendar(ZoneInfo("UTC"), dict.fromkeys(range(7), (639, 699)))
    begin = datetime(2020, 1, 1, 11, 0, 0, 34530, tzinfo=UTC)
    assert calendar.between(begin, calendar.after(begin, 524340)) == 524340


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    seconds=st.integers(0, 14 * 24 * 3600),
    opens=st.integers(0, 1380),
    length=st.integers(60, 1440),
)
def test_as_much_as_was_asked_lies_between_start_and_due(
    zone: str, start: datetime, seconds: int, opens: int, length: int
) -> None:
    window = (opens, min(1440, opens + length))
    calendar = WorkingCalendar(ZoneInfo(zone), dict.fromkeys(range(7), window))
    begin = start.replace(tzinfo=UTC)
    due = calendar.after(begin, seconds)
    assert calendar.between(begin, due) == seconds
    # A second earlier at most a second is missing; less where it is not a working one throughout.
    missing = seconds - calendar.between(begin, due - timedelta(seconds=1))
    assert 0 <= missing <= 1
