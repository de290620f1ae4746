"""The banner on every page, alive on an open one, and the page that lists all parts."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from config.health.facts import Waiting
from config.health.judgement import judge
from config.health.web import EVENT
from tests.factories import join, make_team, make_user
from tests.fixtures.looking import look
from tests.health.conftest import WELL, ago
from tests.health.test_probes import LATE

SENTENCE = "No worker has ever run here."
WARNED = judge(replace(WELL, clocks=Waiting(2, ago(90)), took_s=2.0))


def signed_in(site: str, page: Page) -> None:
    user = make_user("ada@example.test")
    join(user, make_team(), "manager")
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/incidents/", "/monitoring/", "/settings/", "/products/", "/settings/health/"]
)
def test_every_page_of_who_is_signed_in_says_it(client: Client, says: Any, address: str) -> None:
    client.force_login(make_user(is_administrator=True))
    says(judge(WELL))
    assert SENTENCE not in client.get(address).content.decode()
    says(LATE)
    assert client.get(address).content.decode().count(SENTENCE) >= 1


@pytest.mark.django_db
def test_a_stranger_reads_nothing_of_it(client: Client, says: Any) -> None:
    says(LATE)
    assert SENTENCE not in client.get("/accounts/login/").content.decode()
    for address in ("/settings/health/", "/settings/health/banner/", "/settings/health/frame/"):
        assert client.get(address).status_code == 302


@pytest.mark.django_db
def test_the_page_of_parts_follows_and_so_tells_when_nothing_answers(client: Client) -> None:
    """Its marks would stay as they were read last."""
    client.force_login(make_user())
    assert "last update %s, showing what was saved" in client.get("/settings/health/").content.decode()


@pytest.mark.browser
def test_an_open_page_says_it_at_once_and_takes_it_back(
    asgi_server: str, page: Page, says: Any, console_errors: list[str]
) -> None:
    says(judge(WELL))
    signed_in(asgi_server, page)
    from config import asgi

    page.goto(f"{asgi_server}/")
    expect(page.locator("[data-live=live]")).to_have_count(1)
    expect(page.locator("#health")).to_have_text("")
    says(LATE)
    asgi.streams.tell_all(EVENT)
    expect(page.locator("#health")).to_contain_text(SENTENCE)
    expect(page.locator("#health").get_by_role("link", name="Look")).to_be_visible()
    says(judge(WELL))
    asgi.streams.tell_all(EVENT)
    expect(page.locator("#health")).to_have_text("")


@pytest.mark.browser
def test_without_javascript_a_frame_looks_by_itself(asgi_server: str, browser: Browser, says: Any) -> None:
    says(LATE)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    signed_in(asgi_server, page)
    page.goto(f"{asgi_server}/settings/")
    expect(page.locator("#health")).to_contain_text(SENTENCE)
    frame = page.frame_locator("iframe.health-frame")
    expect(frame.locator("main")).to_contain_text(SENTENCE)
    expect(page.locator("iframe.health-frame")).to_be_hidden()  # once is enough
    says(judge(WELL))
    page.reload()
    expect(page.locator("iframe.health-frame")).to_be_visible()
    answer = page.request.get(f"{asgi_server}/settings/health/frame/")
    assert (answer.headers["refresh"], answer.headers["x-frame-options"]) == ("15", "SAMEORIGIN")
    context.close()


@pytest.mark.browser
def test_the_page_is_readable_for_everybody(
    asgi_server: str, page: Page, says: Any, console_errors: list[str]
) -> None:
    says(WARNED)
    signed_in(asgi_server, page)
    page.goto(f"{asgi_server}/settings/health/")
    expect(page.get_by_role("heading", name="Health")).to_be_visible()
    look(page, "health", everywhere=True)
