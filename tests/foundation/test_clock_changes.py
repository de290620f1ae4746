"""Working hours and plain spans where clocks change: to the second, held against the wall itself, minute by minute.

The oracle knows nothing of windows: a minute counts when the wall, read in the zone at that moment, shows a working
hour of a working day.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from foundation.calendar import DAYS, WorkingCalendar
from incidents.clocks import clocks
from incidents.clocks.clocks import Run

OFFICE = dict.fromkeys(DAYS[:5], "09:00-17:00")
ALWAYS = dict.fromkeys(DAYS, "00:00-24:00")
NIGHT = dict.fromkeys(DAYS, "00:00-06:00")
LATE = dict.fromkeys(DAYS, "20:00-24:00")
MINUTE = timedelta(minutes=1)

# A moment some hours before each change of the clocks, in UTC, and by how much the wall jumps, in minutes.
CHANGES = [
    ("Europe/Berlin", "2026-03-28T12:00", 60),
    ("Europe/Berlin", "2026-10-24T12:00", -60),
    ("America/New_York", "2026-03-07T18:00", 60),
    ("America/New_York", "2026-10-31T18:00", -60),
    ("Australia/Lord_Howe", "2026-04-04T03:00", -30),
    ("Australia/Lord_Howe", "2026-10-03T03:00", 30),
    ("America/Santiago", "2026-04-04T12:00", -60),  # back at midnight: the day before is 25 hours long
    ("America/Santiago", "2026-09-05T12:00", 60),  # on at midnight: the day begins at 01:00
    ("Africa/Casablanca", "2026-02-14T12:00", -60),  # back for Ramadan
    ("Africa/Casablanca", "2026-03-21T12:00", 60),
    ("Pacific/Apia", "2011-12-29T12:00", 1440),  # 30 December 2011 did not take place
    ("Asia/Kathmandu", "2026-03-28T12:00", 0),  # 5 h 45 min ahead, never changes
]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str, zone: str, *, fold: int = 0) -> datetime:
    """What the wall shows, as a moment; the second one of an hour that comes twice has `fold` 1."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@cache
def shown(zone: str, start: datetime, days: int) -> list[tuple[datetime, str, str]]:
    """The beginning of every minute from `start` on, with the day and the time that the wall shows."""
    local_zone = ZoneInfo(zone)
    minutes = (start + n * MINUTE for n in range(days * 24 * 60))
    local = ((at, at.astimezone(local_zone)) for at in minutes)
    return [(at, DAYS[there.weekday()], f"{there:%H:%M}") for at, there in local]


def counted(zone: str, hours: dict[str, str], start: datetime, days: int) -> Iterator[datetime]:
    """The beginning of every working minute from `start` on."""
    for at, day, time in shown(zone, start, days):
        opens, _dash, closes = hours.get(day, "-").partition("-")
        if opens <= time < closes:
            yield at


@pytest.mark.parametrize("hours", [OFFICE, ALWAYS, NIGHT, LATE], ids=["office", "always", "night", "late"])
@pytest.mark.parametrize(("zone", "start", "jump"), CHANGES)
def test_working_time_is_what_the_wall_shows(zone: str, start: str, jump: int, hours: dict[str, str]) -> None:
    calendar = WorkingCalendar.of(zone, hours)
    begin = moment(start)
    minutes = list(counted(zone, hours, begin, 6))
    assert calendar.between(begin, begin + timedelta(days=6)) == len(minutes) * 60
    for number in (0, 1, 59, 60, 359, 360, 421, 480, 700, len(minutes) - 1):
        if number < len(minutes):
            # Half a minute into that working minute, and its very end.
            assert calendar.after(begin, number * 60 + 30) == minutes[number] + timedelta(seconds=30)
            assert calendar.after(begin, number * 60 + 60) == minutes[number] + MINUTE


@pytest.mark.parametrize(("zone", "start", "jump"), CHANGES)
def test_a_day_of_24_hours_is_86_400_seconds_and_the_wall_says_by_how_much_it_jumped(
    zone: str, start: str, jump: int
) -> None:
    begin = moment(start)
    due = clocks.due_at(Run(started_at=begin, target_s=48 * 3600, due_set_at=begin))
    assert due == begin + timedelta(seconds=48 * 3600)
    naive = due.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - begin.astimezone(ZoneInfo(zone)).replace(
        tzinfo=None
    )
    assert naive == timedelta(hours=48, minutes=jump)


@pytest.mark.parametrize(
    ("zone", "begins", "seconds", "due", "fold"),
    [
        # into the hour that is left out: it is on the other side
        ("Europe/Berlin", "2026-03-29T01:30", 3600, "2026-03-29T03:30", 0),
        ("America/New_York", "2026-03-08T01:59", 60, "2026-03-08T03:00", 0),
        ("Australia/Lord_Howe", "2026-10-04T01:45", 1800, "2026-10-04T02:45", 0),
        ("America/Santiago", "2026-09-05T23:30", 3600, "2026-09-06T01:30", 0),
        # into the hour that comes twice: the first one, the second one
        ("Europe/Berlin", "2026-10-25T01:30", 3600, "2026-10-25T02:30", 0),
        ("Europe/Berlin", "2026-10-25T01:30", 7200, "2026-10-25T02:30", 1),
        ("America/New_York", "2026-11-01T00:30", 5400 + 3600, "2026-11-01T02:00", 0),
        ("Australia/Lord_Howe", "2026-04-05T01:30", 1800, "2026-04-05T01:30", 1),
        ("America/Santiago", "2026-04-04T23:30", 3600, "2026-04-04T23:30", 1),
    ],
)
def test_a_limit_that_ends_where_the_clocks_change(
    zone: str, begins: str, seconds: int, due: str, fold: int
) -> None:
    """With a calendar that never closes, and without one."""
    start, expected = wall(begins, zone), wall(due, zone, fold=fold)
    assert WorkingCalendar.of(zone, ALWAYS).after(start, seconds) == expected
    assert clocks.due_at(Run(started_at=start, target_s=seconds, due_set_at=start)) == expected
    shown = expected.astimezone(ZoneInfo(zone))
    assert (f"{shown:%Y-%m-%dT%H:%M}", shown.fold) == (due, fold)


@pytest.mark.parametrize(
    ("hours", "begins", "lasts"),
    [
        # An opening inside the hour that comes twice is the first of them; so is a closing.
        ("02:30-10:00", "2026-10-25T00:00", 8.5),
        ("00:00-02:30", "2026-10-25T00:00", 2.5),
        ("03:00-10:00", "2026-10-25T00:00", 7),
        # One inside the hour that is left out comes after it.
        ("02:30-10:00", "2026-03-29T00:00", 6.5),
        ("00:00-02:30", "2026-03-29T00:00", 2.5),
    ],
)
def test_hours_that_begin_or_end_where_the_clocks_change(hours: str, begins: str, lasts: float) -> None:
    calendar = WorkingCalendar.of("Europe/Berlin", {"sun": hours})
    start = wall(begins, "Europe/Berlin")
    assert calendar.between(start, start + timedelta(days=1)) == lasts * 3600


def test_a_day_that_never_was_has_no_working_hours() -> None:
    """Friday, 30 December 2011 in Samoa: after Thursday came Saturday."""
    calendar = WorkingCalendar.of("Pacific/Apia", OFFICE)
    thursday = wall("2011-12-29T16:00", "Pacific/Apia")
    assert calendar.after(thursday, 2 * 3600) == wall("2012-01-02T10:00", "Pacific/Apia")
    assert calendar.between(thursday, wall("2012-01-02T09:00", "Pacific/Apia")) == 3600


@pytest.mark.parametrize(
    ("begins", "hours", "due", "holidays"),
    [
        # leap day: a working day, a holiday, on a weekend
        ("2028-02-28T16:00", 2, "2028-02-29T10:00", []),
        ("2028-02-28T16:00", 2, "2028-03-01T10:00", ["2028-02-29"]),
        ("2032-02-27T16:00", 2, "2032-03-01T10:00", []),
        # no leap day in a year that is divided by four only once
        ("2027-02-26T16:00", 2, "2027-03-01T10:00", []),
        ("2100-02-26T16:00", 2, "2100-03-01T10:00", []),
        # ends of months and years
        ("2026-04-30T16:59", 1, "2026-05-01T09:59", []),
        ("2026-01-30T16:00", 9, "2026-02-03T09:00", []),
        ("2026-12-31T16:00", 1.5, "2027-01-04T09:30", ["2027-01-01"]),
        # holidays on the days around the change of the clocks
        ("2026-03-27T16:00", 9, "2026-03-31T17:00", ["2026-03-30"]),
        ("2026-10-23T16:00", 9, "2026-10-27T17:00", ["2026-10-26"]),
        ("2026-10-23T16:00", 9.5, "2026-10-28T09:30", ["2026-10-26"]),
    ],
)
def test_leap_days_ends_of_months_and_holidays(
    begins: str, hours: float, due: str, holidays: list[str]
) -> None:
    calendar = WorkingCalendar.of("Europe/Berlin", OFFICE, holidays)
    start = wall(begins, "Europe/Berlin")
    found = calendar.after(start, hours * 3600)
    # Working time that ends exactly at closing is up then, not at the next opening.
    closing = {"2026-02-03T09:00": "2026-02-02T17:00"}
    assert found == wall(closing.get(due, due), "Europe/Berlin")
    assert calendar.between(start, found) == hours * 3600


def test_an_open_end_stays_open_over_every_change() -> None:
    for zone, start, _jump in CHANGES:
        run = Run(
            started_at=moment(start),
            target_s=None,
            due_set_at=moment(start),
            calendar=WorkingCalendar.of(zone, OFFICE),
        )
        assert clocks.due_at(run) is None


@pytest.mark.parametrize(("zone", "start", "jump"), CHANGES)
def test_one_second_less_is_one_second_earlier_all_along(zone: str, start: str, jump: int) -> None:
    """Nothing is skipped or doubled where a window ends and the next begins."""
    calendar = WorkingCalendar.of(zone, OFFICE)
    begin = moment(start)
    for hours in (1, 7, 8, 9, 16, 17, 40):
        due = calendar.after(begin, hours * 3600)
        assert calendar.between(begin, due) == hours * 3600
        assert calendar.between(begin, due - timedelta(seconds=1)) == hours * 3600 - 1
        assert calendar.after(begin, hours * 3600 - 1) == due - timedelta(seconds=1)


def test_holidays_are_days_of_the_wall_not_of_utc() -> None:
    """1 January in Kiritimati begins while it is 31 December in UTC."""
    calendar = WorkingCalendar.of("Pacific/Kiritimati", ALWAYS, [date(2027, 1, 1)])
    eve = wall("2026-12-31T23:00", "Pacific/Kiritimati")
    assert calendar.after(eve, 3600 + 60) == wall("2027-01-02T00:01", "Pacific/Kiritimati")
