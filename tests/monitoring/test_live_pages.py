"""The pages of monitoring in a real Chromium: they follow the world without a reload, and axe finds nothing."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from foundation import moment
from monitoring.models import Monitor
from monitoring.sweep import probe_due
from tests.factories import make_monitor
from tests.fixtures.looking import look, look_at
from tests.monitoring.conftest import Service
from tests.monitoring.test_board import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, user: User, site: str) -> None:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def probe() -> None:
    Monitor.objects.update(due_at=moment.now())
    probe_due()


def test_board_and_monitor_follow_an_outage_without_a_reload(
    page: Page, asgi_server: str, service: Service, console_errors: list[str]
) -> None:
    monitor = make_monitor(target=service.url, fail_after=1, recover_after=1)
    user, _ = member("viewer", monitor.product)
    probe()
    sign_in(page, user, asgi_server)
    other = page.context.new_page()
    for tab, path in ((page, "/monitoring/"), (other, monitor.get_absolute_url())):
        tab.goto(asgi_server + path)
        expect(tab.locator("[data-live]")).to_have_attribute("data-live", "live")
        tab.evaluate("window.sameDocument = true")
        expect(tab.locator(".chip.up").first).to_be_visible()
    service.kill()
    probe()
    for tab in (page, other):
        expect(tab.locator(".chip.down").first).to_be_visible()
    service.start()
    probe()
    for tab in (page, other):
        expect(tab.locator(".chip.up").first).to_be_visible()
        expect(tab.locator(".latest .chip.down")).to_have_count(0)
        assert tab.evaluate("window.sameDocument")


def test_axe_finds_nothing(page: Page, asgi_server: str, service: Service, console_errors: list[str]) -> None:
    monitor = make_monitor(target=service.url, fail_after=1)
    user, _ = member("manager", monitor.product)
    service.status = 503
    probe()
    sign_in(page, user, asgi_server)
    for path in ("", "new/", f"{monitor.slug}/", f"{monitor.slug}/edit/"):
        look_at(page, f"{asgi_server}/monitoring/{path}")
    page.get_by_role("button", name="Try it now").click()
    expect(page.get_by_text("What Nightdesk sees now")).to_be_visible()
    look(page)
