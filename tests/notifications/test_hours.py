"""What wakes nobody waits for 08:00 on the team's clocks, also where a night has 23 or 25 hours."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from accounts.teams import change_team
from foundation import moment
from notifications.hours import due
from notifications.models import Delivery
from notifications.queue import Message, Recipient, tell
from products.models import Product

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


def zone_where_it_is(hour: int, now: datetime) -> str:
    behind = (now.astimezone(UTC).hour - hour + 14) % 24 - 14
    return f"Etc/GMT{behind:+d}"


@pytest.mark.django_db
def test_what_is_planned_for_the_morning_moves_with_the_clocks_of_its_team(
    product: Product, mia: User
) -> None:
    began = moment.now()

    def change(hour: int) -> None:
        change_team(product.team, name=product.team.name, time_zone=zone_where_it_is(hour, began), by=mia)

    def planned(about: str, *, wake: bool) -> None:
        duty = Recipient("Duty", address="duty@example.test")
        message = Message(about, "It waits")
        tell(about=about, key="opened", to=[duty], message=message, team=product.team, rank=3, wake=wake)

    def waits(about: str) -> timedelta:
        row = Delivery.objects.get(about=about)
        assert row.due_at == row.first_due_at
        return row.due_at - moment.now()

    change(3)
    planned("INC-1/1", wake=False)
    planned("INC-2/1", wake=True)
    Delivery.objects.filter(about="INC-1/1").update(state="pending")
    first = Delivery.objects.get(about="INC-1/1").due_at
    change(2)
    assert Delivery.objects.get(about="INC-1/1").due_at - first == timedelta(hours=1)
    change(13)
    # It is day there: nothing is left to wait for, and what rings never waited.
    assert max(waits("INC-1/1"), waits("INC-2/1")) <= timedelta(0)
