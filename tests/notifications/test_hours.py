"""What wakes nobody waits for 08:00 on the team's clocks, also where a night has 23 or 25 hours."""

from datetime import datetime

import pytest

from notifications.hours import due

TABLE = [
    # zone, the moment, when it may go
    ("UTC", "2026-03-10T03:00:00+00:00", "2026-03-10T08:00:00+00:00"),
    ("UTC", "2026-03-10T07:59:59+00:00", "2026-03-10T08:00:00+00:00"),
    ("UTC", "2026-03-10T08:00:00+00:00", "2026-03-10T08:00:00+00:00"),
    ("UTC", "2026-03-10T14:00:00+00:00", "2026-03-10T14:00:00+00:00"),
    ("UTC", "2026-03-10T22:00:00+00:00", "2026-03-11T08:00:00+00:00"),
    ("UTC", "2026-12-31T23:30:00+00:00", "2027-01-01T08:00:00+00:00"),
    ("Asia/Kolkata", "2026-03-10T20:00:00+00:00", "2026-03-11T02:30:00+00:00"),
    ("Pacific/Auckland", "2026-03-10T10:00:00+00:00", "2026-03-10T19:00:00+00:00"),
    ("America/New_York", "2026-03-10T03:00:00+00:00", "2026-03-10T12:00:00+00:00"),
    # Clocks go forward: from 01:00 it is 6 h to 08:00, not 7.
    ("Europe/Berlin", "2026-03-29T00:00:00+00:00", "2026-03-29T06:00:00+00:00"),
    ("Europe/Berlin", "2026-03-28T22:30:00+00:00", "2026-03-29T06:00:00+00:00"),
    # Clocks go back: the hour from 02:00 comes twice.
    ("Europe/Berlin", "2026-10-25T00:30:00+00:00", "2026-10-25T07:00:00+00:00"),
    ("Europe/Berlin", "2026-10-25T01:30:00+00:00", "2026-10-25T07:00:00+00:00"),
]


@pytest.mark.parametrize(("zone", "at", "wanted"), TABLE)
def test_the_morning_of_the_teams_zone(zone: str, at: str, wanted: str) -> None:
    assert due(datetime.fromisoformat(at), zone, wake=False) == datetime.fromisoformat(wanted)


@pytest.mark.parametrize(("zone", "at", "_wanted"), TABLE)
def test_what_wakes_people_never_waits(zone: str, at: str, _wanted: str) -> None:
    assert due(datetime.fromisoformat(at), zone, wake=True) == datetime.fromisoformat(at)
