"""Simulate in Chromium: a desk and a phone, light and dark, under axe; with script one's place is kept."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from incidents.models import Incident
from tests.factories import make_product, make_user
from tests.fixtures.looking import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
STORY = (
    "?severity=HIGH&start=2026-11-20T22:00&zone=Europe/Vienna&m=60.acknowledge&m=300.decide.hotfix"
    "&m=400.finish_step.branch&m=500.close&t=15000"
)


@pytest.fixture
def reader(transactional_db: None) -> User:
    make_product()
    return make_user("olga@example.test")


def sign_in(context: BrowserContext, server: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])


def test_axe_finds_nothing_and_nothing_sticks_out(
    asgi_server: str, reader: User, context: BrowserContext, page: Page
) -> None:
    sign_in(context, asgi_server, reader)
    for address in ("", STORY):
        page.goto(f"{asgi_server}/processes/krow/simulate/{address}")
        page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")
        look(page)


def test_a_press_keeps_the_place_and_the_focus_and_time_stands_still(
    asgi_server: str, reader: User, context: BrowserContext, page: Page, console_errors: list[str]
) -> None:
    sign_in(context, asgi_server, reader)
    page.goto(
        f"{asgi_server}/processes/krow/simulate/?severity=HIGH&start=2026-11-20T22:00&zone=Europe/Vienna"
    )
    page.evaluate("document.body.dataset.same = 'page'")
    head = page.locator("#simulated-now")
    expect(head).to_contain_text("20 Nov 2026, 22:00 CET")
    later = page.get_by_role("link", name="+15 min")
    later.focus()
    page.keyboard.press("Enter")
    expect(head).to_contain_text("22:15 CET")
    expect(page.get_by_role("link", name="+15 min")).to_be_focused()
    expect(page.locator("#simulation-said")).to_contain_text("15 min after the start. Active.")
    page.get_by_role("link", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged by Vera after 15 min")).to_be_visible()
    assert page.evaluate("document.body.dataset.same") == "page"
    page.reload()
    expect(page.get_by_text("Acknowledged by Vera after 15 min")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Acknowledged by Vera after 15 min")).to_be_hidden()
    assert not Incident.objects.exists()


def test_it_plays_a_minute_a_second_until_paused(
    asgi_server: str, reader: User, context: BrowserContext, page: Page, console_errors: list[str]
) -> None:
    sign_in(context, asgi_server, reader)
    page.goto(
        f"{asgi_server}/processes/krow/simulate/?severity=HIGH&start=2026-11-20T22:00&zone=Europe/Vienna"
    )
    page.get_by_role("button", name="Play, a minute a second").click()
    expect(page.locator("#simulated-now")).to_contain_text("22:02 CET")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play, a minute a second")).to_be_visible()
    expect(page).to_have_url(re.compile(r"t=\d+"))


def test_without_script_every_move_is_a_link(asgi_server: str, reader: User, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, asgi_server, reader)
    page = context.new_page()
    page.goto(
        f"{asgi_server}/processes/krow/simulate/?severity=HIGH&start=2026-11-20T22:00&zone=Europe/Vienna"
    )
    expect(page.get_by_role("button", name="Play, a minute a second")).to_be_hidden()
    page.get_by_role("link", name="Acknowledge").click()
    page.get_by_role("link", name="Decide: hotfix").click()
    expect(page.get_by_role("heading", name="Create the hotfix branch")).to_be_visible()
    context.close()
