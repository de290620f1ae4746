"""Pages of products and processes in a real browser: axe, 320 px wide, dark and light, no console errors."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from products.models import Product
from tests.factories import join, make_product, make_team, make_user
from tests.fixtures.looking import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(context: BrowserContext, asgi_server: str, console_errors: list[str]) -> Page:
    manager = make_user("mia@example.test")
    join(manager, make_team(), "manager")
    client = Client()
    client.force_login(manager)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": asgi_server}])
    return context.new_page()


def test_a_product_is_added_by_keyboard_and_every_page_is_accessible(page: Page, asgi_server: str) -> None:
    make_product(process="archy", name="Archipelago")
    Product.objects.all().update(version="1.0.0")
    site = asgi_server
    page.goto(f"{site}/products/new/")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Staff Mobile")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/products/staff-mobile/setup/places/")
    assert Product.objects.get(slug="staff-mobile").process.key == "krow"
    for name, address in {
        "products": "/products/",
        "new-product": "/products/new/",
        "product": "/products/staff-mobile/",
        "set-up": "/products/staff-mobile/setup/",
        "set-up-places": "/products/archipelago/setup/places/",
        "set-up-people": "/products/staff-mobile/setup/people/",
        "set-up-monitors": "/products/archipelago/setup/monitors/",
        "set-up-repository": "/products/archipelago/setup/repository/",
        "processes": "/processes/",
        "process-krow": "/processes/krow/",
    }.items():
        look_at(page, f"{site}{address}", name)
