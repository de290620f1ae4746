"""A note from its own page leads to where it stands, whichever part of the incident was looked at last."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from incidents.lifecycle.declare import declare
from tests.factories import join, make_product, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_leads_to_the_timeline(
    context: BrowserContext, asgi_server: str, console_errors: list[str]
) -> None:
    product, ada = make_product(), make_user("ada@example.test")
    join(ada, product.team)
    declare(product, by=ada, title="Sign-in fails", severity=product.severities()[0], impact="Everybody")
    client = Client()
    client.force_login(ada)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": asgi_server}])
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{asgi_server}/incidents/INC-1/")
    expect(page.get_by_text("Affected not counted", exact=True)).to_be_visible()
    page.locator("[name=segment][value=people]").check(force=True)
    page.goto(f"{asgi_server}/incidents/INC-1/note")
    page.get_by_label("Note").fill("Cache is full")
    page.get_by_role("button", name="Note").click()
    page.wait_for_url("**/incidents/INC-1/?part=timeline#timeline-title")
    expect(page.locator("[name=segment][value=timeline]")).to_be_checked()
    expect(page.get_by_text("Cache is full")).to_be_visible()
    expect(page.get_by_role("heading", name="Timeline")).to_be_focused()
    page.goto(f"{asgi_server}/incidents/INC-1/")
    expect(page.locator("[name=segment][value=people]")).to_be_checked()
