"""Maintenance planned on a phone, by keyboard alone, with how long it is said before it is set."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from foundation import moment
from tests.factories import join, make_monitor, make_product, make_user
from tests.fixtures.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_planning_says_how_long_it_is_before_it_is_set(
    context: BrowserContext, console_errors: list[str], asgi_server: str
) -> None:
    product, ada, client = make_product(), make_user("ada@example.test"), Client()
    make_monitor(product)
    make_monitor(product, name="Queue")
    join(ada, product.team, "manager")
    client.force_login(ada, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{asgi_server}/maintenance/new/{product.slug}/")
    day = (moment.now() + timedelta(days=2)).date()
    page.get_by_label("From").fill(f"{day}T22:00")
    page.get_by_label("Until").fill(f"{day}T21:00")
    expect(page.locator("#span")).to_contain_text("It must end after its begin.")
    page.get_by_label("Until").fill(f"{day}T23:30")
    expect(page.locator("#span")).to_contain_text("1 h 30")
    look(page, everywhere=True)
    page.get_by_label("Why").focus()
    page.keyboard.type("New disk")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is planned. It begins and ends by itself.")).to_be_visible()
    look(page, everywhere=True)
    assert console_errors == []
