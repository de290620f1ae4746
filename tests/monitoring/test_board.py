"""The board: who sees what, the worst first, empty and long."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from monitoring.board import board
from monitoring.models import Target
from products.models import Product
from tests.factories import join, make_monitor, make_product, make_team, make_user
from tests.monitoring.conftest import make_many

pytestmark = pytest.mark.django_db
URL = "/monitoring/"


def member(role: str = "viewer", product: Product | None = None) -> tuple[User, Client]:
    product = product or make_product()
    user = make_user(f"{role}@example.test")
    join(user, product.team, role)
    client = Client()
    client.force_login(user)
    return user, client


def put(name: str, state: str, **facts: object) -> None:
    settled = "" if state == "unknown" else state
    Target.objects.filter(monitor__name=name).update(
        state=state, settled=settled, seen=state, fresh_until=timezone.now() + timedelta(days=1), **facts
    )


def names(user: User, **filters: str) -> list[str]:
    groups = board(user, now=timezone.now(), **filters).groups
    return [line.monitor.name for group in groups for line in group.lines]


def test_a_guest_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(URL).status_code == 302


def test_another_team_sees_nothing_of_it() -> None:
    make_monitor(name="Checkout")
    outsider = make_user("eve@example.test")
    join(outsider, make_team("other"), "admin")
    assert names(outsider) == []
    client = Client()
    client.force_login(outsider)
    assert "Checkout" not in client.get(URL).content.decode()


def test_the_worst_comes_first_and_what_is_off_last() -> None:
    product = make_product()
    user, _ = member(product=product)
    for name in ("up", "off", "down", "unknown", "degraded", "shaky"):
        make_monitor(product, name=name, enabled=name != "off")
    for name in ("up", "down", "degraded", "shaky"):
        put(name, "up" if name == "shaky" else name)
    put("shaky", "up", fails=1)
    assert names(user) == ["down", "degraded", "unknown", "shaky", "up", "off"]
    assert names(user, state="down") == ["down"]
    assert names(user, words="gra") == ["degraded"]
    assert names(user, words="nothing like it") == []


def test_the_empty_board_teaches_the_next_step_to_who_may_take_it() -> None:
    product = make_product()
    _, manager = member("manager", product)
    page = manager.get(URL).content.decode()
    assert "Paste a URL" in page
    assert "Watch a summary.json" in page
    _, viewer = member("viewer", product)
    page = viewer.get(URL).content.decode()
    assert "Paste a URL" not in page
    assert "A manager of your team can add a monitor here." in page


def test_htmx_gets_the_region_alone() -> None:
    product = make_product()
    make_monitor(product)
    _, client = member(product=product)
    page, region = client.get(URL), client.get(URL, headers={"HX-Request": "true"})
    assert page["Vary"] == region["Vary"]
    assert region.content.decode().strip().startswith('<section id="board"')
    assert "<html" in page.content.decode()


def test_a_quiet_board_says_when_it_was_checked() -> None:
    product = make_product()
    make_monitor(product)
    _, client = member(product=product)
    assert "not checked yet" in client.get(URL).content.decode()


def test_what_a_machine_said_is_escaped() -> None:
    product = make_product()
    make_monitor(product, name="Checkout")
    put("Checkout", "down", detail="<script>alert(1)</script>")
    _, client = member(product=product)
    page = client.get(URL).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_does_not_grow(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monitors = make_many(count)
    _, client = member(product=monitors[0].product)
    client.get(URL)
    with django_assert_num_queries(16):
        assert client.get(URL).status_code == 200
