"""The pages of maintenance: in one tap, planned, moved, ended, found again; on the clocks of the team."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from foundation import moment
from incidents.lifecycle.declare import declare
from monitoring.maintenance.verbs import set_maintenance
from monitoring.models import Maintenance
from tests.factories import join, make_monitor, make_product, make_user
from ui.moment_field import MomentField

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class House:
    """A product of a team in Berlin, with two monitors, and who manages it, signed in."""

    def __init__(self) -> None:
        self.product = make_product()
        type(self.product.team).objects.update(time_zone="Europe/Berlin")
        self.product.refresh_from_db()
        self.monitor = make_monitor(self.product)
        make_monitor(self.product, name="Queue")
        self.ada = make_user("ada@example.test", name="Ada")
        join(self.ada, self.product.team, "manager")
        self.client = Client()
        self.client.force_login(self.ada)


@pytest.fixture(scope="module")
def house(undone: None) -> House:
    return House()


def text(answer: object) -> str:
    """Its words, without tags and line breaks."""
    html = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_one_tap_sets_it_and_a_second_one_does_nothing(house: House) -> None:
    page = house.client.get(f"/products/{house.product.slug}/").content.decode()
    assert f'action="/maintenance/now/{house.product.slug}/"' in page
    sent = {"minutes": "30", "key": "a1"}
    first = house.client.post(f"/maintenance/now/{house.product.slug}/", sent)
    again = house.client.post(f"/maintenance/now/{house.product.slug}/", sent)
    window = Maintenance.objects.get()
    assert first["Location"] == again["Location"] == window.get_absolute_url()
    assert (window.lasts_s, window.monitors.count(), window.acts.get().by) == (1800, 0, house.ada)
    other = house.client.post(f"/maintenance/now/{house.product.slug}/", {**sent, "minutes": "60"})
    assert (other["Location"], Maintenance.objects.count()) == (window.get_absolute_url(), 1)


def test_of_one_monitor_and_never_of_another_products(house: House) -> None:
    till = make_monitor(make_product(name="Shop"), name="Till")
    here = f"/maintenance/now/{house.product.slug}/"
    assert house.client.post(here, {"minutes": "60", "monitor": till.slug}).status_code == 422
    assert house.client.post(here, {"minutes": "61"}).status_code == 422
    house.client.post(here, {"minutes": "60", "monitor": house.monitor.slug})
    assert list(Maintenance.objects.get().monitors.all()) == [house.monitor]
    page = text(house.client.get(house.monitor.get_absolute_url()))
    assert "Staff Mobile: Checkout until" in page


def test_what_is_on_is_said_where_people_look(house: House) -> None:
    incident = declare(house.product, by=house.ada, title="Sign-in fails", severity=None)
    set_maintenance(house.product, by=house.ada, lasts=HOUR, reason="Neue Datenbank 🛠")
    start = moment.now() + 24 * HOUR
    set_maintenance(house.product, by=house.ada, starts_at=start, ends_at=start + HOUR, reason="Then")
    for place in ("/", "/monitoring/", "/maintenance/", incident.get_absolute_url()):
        assert "Neue Datenbank 🛠" in text(house.client.get(place)), place
    page = text(house.client.get(f"/products/{house.product.slug}/"))
    assert "Neue Datenbank 🛠" in page
    assert "Maintenance planned" in page


def test_planning_is_on_the_teams_clocks_and_says_how_long_it_is(house: House) -> None:
    url = f"/maintenance/new/{house.product.slug}/"
    day = (moment.now() + 48 * HOUR).astimezone(UTC).date()
    sent = {"starts_at": f"{day}T22:00", "ends_at": f"{day + timedelta(days=1)}T00:30", "reason": " Disk "}
    seen = house.client.post(url, {**sent, "preview": "1"})
    assert (seen.status_code, "2 h 30 ," in text(seen), Maintenance.objects.count()) == (200, True, 0)
    part = house.client.post(url, {**sent, "preview": "1"}, headers={"HX-Request": "true"})
    assert text(part).startswith("2 h 30 ,")
    house.client.post(url, sent)
    window = Maintenance.objects.get()
    local = datetime.fromisoformat(f"{day}T22:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert (window.starts_at, window.lasts_s, window.reason) == (local, 9000, "Disk")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_at": ""}, "ends_at"),
        ({"starts_at": "2020-01-01T00:00", "ends_at": "2020-01-01T01:00"}, "starts_at"),
        ({"ends_at": "2199-01-01T00:00"}, "ends_at"),
        ({"ends_at": "soon"}, "ends_at"),
        ({"ends_at": "2020-01-01T00:00", "reason": "\x00"}, "reason"),
        ({"ends_at": "2020-01-01T00:00", "monitors": ["nothing"]}, "monitors"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(house: House, given: dict[str, str], field: str) -> None:
    answer = house.client.post(f"/maintenance/new/{house.product.slug}/", given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Maintenance.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [("2027-10-31T02:30", "show 02:30 twice"), ("2027-03-28T02:30", "there is no 02:30")],
)
def test_a_time_that_the_clocks_show_twice_or_never_is_refused_and_explained(typed: str, said: str) -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")), pytest.raises(Exception, match=said):
        MomentField(label="From").clean(typed)


def test_its_end_is_moved_and_it_is_ended_or_cancelled(house: House) -> None:
    window = set_maintenance(house.product, by=house.ada, lasts=HOUR)
    url = window.get_absolute_url()
    house.client.post(f"{url}move/", {"more": "30"})
    window.refresh_from_db()
    assert window.lasts_s == 5400
    late = house.client.post(f"{url}move/", {"ends_at": "2020-01-01T00:00"})
    assert (late.status_code, list(late.context["form"].errors)) == (422, ["ends_at"])
    assert house.client.post(f"{url}move/", {}).status_code == 422
    house.client.post(f"{url}end/")
    page = text(house.client.get(url))
    assert "Ada ended it" in page
    assert "End it now" not in page
    assert "It was over already" in text(house.client.post(f"{url}end/", follow=True))
    start = moment.now() + HOUR
    planned = set_maintenance(house.product, by=house.ada, starts_at=start, ends_at=start + HOUR)
    house.client.post(f"{planned.get_absolute_url()}end/")
    planned.refresh_from_db()
    assert planned.cancelled_at
    assert "Cancelled" in text(house.client.get(planned.get_absolute_url()))


def test_the_list_is_searched_filtered_and_says_that_it_is_empty(house: House) -> None:
    assert "No maintenance yet" in text(house.client.get("/maintenance/"))
    on = set_maintenance(house.product, by=house.ada, lasts=HOUR, monitors=[house.monitor], reason="Disk")
    start = moment.now() + HOUR
    planned = set_maintenance(house.product, by=house.ada, starts_at=start, ends_at=start + HOUR)

    def listed(asked: str) -> list[int]:
        return [seen.window.pk for seen in house.client.get(f"/maintenance/?{asked}").context["windows"]]

    assert listed("") == [planned.pk, on.pk]
    assert [listed(one) for one in ("q=checkout", "q=DISK+staff", "state=planned", "state=ended")] == [
        [on.pk], [on.pk], [planned.pk], [],
    ]  # fmt: skip
    assert listed(f"product={house.product.slug}&state=active") == [on.pk]
    assert "Nothing fits" in text(house.client.get("/maintenance/?q=zzz"))
    assert house.client.get("/maintenance/?after=zzz").status_code == 302


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_queries_does_not_grow(
    house: House, count: int, django_assert_num_queries: Callable[[int], object]
) -> None:
    for _ in range(count):
        set_maintenance(house.product, by=house.ada, lasts=HOUR, monitors=[house.monitor])
    house.client.get("/maintenance/")
    with django_assert_num_queries(13):  # type: ignore[attr-defined]
        house.client.get("/maintenance/")
