"""Held messages and a channel to enter again, in a real browser: axe, a phone's width, one tap."""

import pytest
from playwright.sync_api import BrowserContext

from accounts.models import Membership, User
from notifications.models import Channel, Delivery, State
from products.models import Product
from tests.fixtures.looking import look_at
from tests.notifications.conftest import make_channel, opened
from tests.notifications.test_pages_in_a_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_held_messages_are_released_by_one_tap(
    context: BrowserContext,
    asgi_server: str,
    console_errors: list[str],
    product: Product,
    ada: User,
    mia: User,
) -> None:
    Membership.objects.filter(user=mia).update(role="admin")
    channel = make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    opened(product, by=mia)
    Channel.objects.update(sealed="gAAAAA-sealed-with-another-key")
    Delivery.objects.update(
        state=State.HELD, reason="It waited when the backup of 2026-11-21 02:14 UTC was made."
    )
    held = Delivery.objects.held().count()
    sign_in(context, mia, asgi_server)
    page = context.new_page()
    for path in ("/settings/held/", "/settings/channels/", f"/settings/channels/{channel.pk}/", "/"):
        look_at(page, asgi_server + path)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{asgi_server}/settings/held/")
    page.get_by_role("button", name="Drop to Ada").first.click()
    page.get_by_text("1 message is not sent.").wait_for()
    assert Delivery.objects.held().count() == held - 1
