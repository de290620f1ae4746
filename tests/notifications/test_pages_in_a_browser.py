"""Channels, messages and the one-tap page in a real browser: axe, a phone's width, and a tap without signing in."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext

from accounts.models import User
from incidents.models import Incident
from notifications import links
from notifications.models import Delivery
from products.models import Product
from tests.fixtures.looking import look_at
from tests.notifications.conftest import opened
from tests.notifications.workspace import app_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(context: BrowserContext, user: User, site: str) -> None:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])


def test_every_page_is_accessible(
    context: BrowserContext,
    asgi_server: str,
    console_errors: list[str],
    product: Product,
    ada: User,
    mia: User,
) -> None:
    channel = app_in(product, mia)
    incident = opened(product, by=mia)
    Delivery.objects.filter(channel=channel).update(state="dead", reason="Answered 404", attempts=1)
    sign_in(context, mia, asgi_server)
    page = context.new_page()
    for path in (
        "/settings/channels/",
        f"/settings/channels/{channel.pk}/",
        f"/settings/channels/add/webhook/?team={product.team.slug}",
        "/settings/messages/",
        f"/incidents/{incident.ref}/declared/",
        f"/incidents/{incident.ref}/",
        f"/products/{product.slug}/",
    ):
        look_at(page, asgi_server + path)


def test_a_tap_on_a_phone_acknowledges_without_signing_in(
    context: BrowserContext, asgi_server: str, console_errors: list[str], product: Product, ada: User
) -> None:
    incident = opened(product)
    delivery = Delivery.objects.get(user=ada, route="email")
    address = f"{asgi_server}/l/{links.token(delivery, 'acknowledge')}"
    page = context.new_page()
    look_at(page, address)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    assert Incident.objects.get().acknowledged_at is None
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_role("heading", name="You have it").wait_for()
    assert Incident.objects.get().acknowledged_at is not None
    page.get_by_role("link", name=re.compile("Open INC-")).click()
    page.wait_for_url(re.compile("/accounts/login/"))
    assert incident.events.get(kind="acknowledged").actor == ada


def test_a_person_sees_the_message_arrive_on_an_open_page(
    context: BrowserContext, asgi_server: str, console_errors: list[str], product: Product, ada: User
) -> None:
    sign_in(context, ada, asgi_server)
    page = context.new_page()
    page.goto(asgi_server)
    page.locator("[data-live=live]").first.wait_for()
    incident = opened(product)
    notice = page.locator("#messages").get_by_role(
        "link", name=f"CRITICAL {incident.ref} Staff Mobile: Sign-in fails"
    )
    notice.wait_for()
