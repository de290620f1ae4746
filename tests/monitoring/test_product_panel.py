"""A product's page lists what is watched of it, each with its state and a link (A36)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring.models import Monitor, Target
from products.archive_product import archive_product
from products.models import Product
from tests.factories import join, make_monitor, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return make_product(name="Checkout")


def reader(product: Product, role: str = "viewer") -> Client:
    user = make_user(f"{role}@example.test")
    join(user, product.team, role)
    client = Client()
    client.force_login(user)
    return client


def card(client: Client, product: Product) -> str:
    page = client.get(f"/products/{product.slug}/").content.decode()
    found = re.search(r'<section class="card" aria-labelledby="watched">.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_a36_each_monitor_with_its_state_and_a_link_the_worst_first(product: Product) -> None:
    make_monitor(product, name="API")
    make_monitor(product, name="Shop")
    make_monitor(make_product(product.team, name="Till"), name="Other")
    down = {"state": "down", "settled": "down", "seen": "down"}
    Target.objects.filter(monitor__name="Shop").update(**down, fresh_until=timezone.now() + timedelta(days=1))
    shown = card(reader(product), product)
    assert re.findall(r'class="row-title" href="([^"]+)">([^<]+)<', shown) == [
        ("/monitoring/shop/", "Shop"),
        ("/monitoring/api/", "API"),
    ]
    assert re.findall(r'class="chip (\w+)', shown) == ["down", "unknown"]
    assert "Add a monitor" not in shown


def test_who_manages_it_adds_one_with_the_product_filled_in(product: Product) -> None:
    client = reader(product, "manager")
    make_product(product.team, name="Till")
    shown = card(client, product)
    assert "Nothing is watched, so people notice first." in shown
    assert 'href="/monitoring/new/?product=checkout"' in shown
    form = client.get("/monitoring/new/?product=checkout").content.decode()
    assert '<option value="checkout" selected>' in form


def test_of_an_archived_product_nothing_is_watched(product: Product) -> None:
    make_monitor(product, name="API")
    archive_product(product, by=make_user("boss@example.test"))
    assert card(reader(product), product) == ""


def test_it_costs_the_same_for_1_and_3(product: Product) -> None:
    client, costs = reader(product), []
    for names in (["M0"], ["M1", "M2"]):
        for name in names:
            make_monitor(product, name=name)
        client.get(f"/products/{product.slug}/")
        with CaptureQueriesContext(connection) as queries:
            assert card(client, product).count('class="row-title"') == Monitor.objects.count()
        costs.append(len(queries))
    assert costs[0] == costs[1]
