"""Ada at an open incident, in real Chromium: committed rows, a served site, a phone."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from accounts.models import User
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from tests.factories import join, make_product, make_user

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def ada(transactional_db: None) -> User:
    return make_user("ada@example.test", name="Ada")


@pytest.fixture
def incident(ada: User) -> Incident:
    product = make_product()
    join(ada, product.team)
    return declare(product, by=ada, title="Sign-in fails", severity=product.severities().get(key="HIGH"))


@pytest.fixture
def site(asgi_server: str, incident: Incident, ada: User, context: BrowserContext) -> str:
    client = Client()
    client.force_login(ada)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    return asgi_server


@pytest.fixture
def busy() -> Iterator[None]:
    """Somebody else holds the incident longer than a statement may wait: the server answers 503."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET lock_timeout = '200ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} RESET lock_timeout")


def live(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("[data-live=live]").first).to_be_visible()


def events(kind: str) -> int:
    return Incident.objects.get(title="Sign-in fails").events.filter(kind=kind).count()


def says(page: Page, words: str) -> None:
    """Once, beside the visible button, in sight."""
    expect(page.locator(".unsent")).to_have_text([words])
    expect(page.locator(".unsent")).to_be_in_viewport(ratio=1)
