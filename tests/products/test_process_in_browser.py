"""The process page, its text, differences and drafts in a real browser: axe, 320 px, print, without and with script."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from products.drafts.verbs import start_draft
from products.models import Process, ProcessDraft
from products.sources.import_process import import_process
from tests.factories import make_user
from tests.fixtures.looking import look_at
from tests.products.documents import GOOD
from tests.shipped import import_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, console_errors: list[str]) -> Page:
    import_once()
    client = Client()
    client.force_login(make_user("ada@example.test", is_administrator=True))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    return context.new_page()


def test_every_page_is_accessible_and_fits_a_phone(page: Page, live_server: LiveServer) -> None:
    current = Process.objects.get(key="krow").current
    assert current is not None
    text = current.text.replace("response: {within: 1 h}", "response: {within: 2 h}")
    import_process(text.encode(), name="krow.yaml", by=None)
    guess = {"line": 7, "path": "severities[0].mark", "said": "A mark", "source_line": 3, "seen_by": None}
    start_draft(
        GOOD.replace("rank: 1", "rank: 9"), key="shop", by=make_user("ben@example.test"), guesses=[guess]
    )
    for name, address in {
        "process": "/processes/krow/",
        "source": "/processes/krow/1/source/",
        "diff": "/processes/krow/2/diff/",
        "draft": "/processes/shop/draft/",
        "publish": "/processes/shop/draft/publish/",
        "discard": "/processes/shop/draft/discard/",
        "new-process": "/processes/new/",
        "processes": "/processes/",
    }.items():
        look_at(page, live_server.url + address, name)


def test_a_line_of_a_problem_leads_into_the_text_and_saving_keeps_its_bytes(
    page: Page, live_server: LiveServer
) -> None:
    text = "\ufeff" + GOOD.replace("rank: 1", "rank: 9").replace("\n", "\r\n")
    start_draft(text, key="shop", by=make_user("ben@example.test"))
    page.goto(f"{live_server.url}/processes/shop/draft/")
    assert page.locator(".numbered > pre").inner_text().split()[:3] == ["1", "2", "3"]
    page.get_by_role("link", name="Line 8").first.click()
    field = "document.querySelector('#text')"
    chosen = page.evaluate(f"{field}.value.slice({field}.selectionStart, {field}.selectionEnd)")
    assert chosen.strip() == "rank: 9"
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert ProcessDraft.objects.get().text == text
    page.keyboard.press("Tab")
    page.get_by_label("The text").fill(GOOD)
    page.get_by_role("button", name="Check").click()
    page.get_by_role("heading", name="It can be used.").wait_for()
    assert ProcessDraft.objects.get().text == text


def test_it_prints_as_a_document(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/processes/krow/")
    page.emulate_media(media="print")
    assert page.get_by_text(f"{live_server.url}/processes/krow/").is_visible()
    for selector in (".contents", ".button", ".topbar"):
        assert not any(one.is_visible() for one in page.locator(selector).all())
    settled = page.locator("details.finding.settled p").first
    assert settled.is_visible()


def test_the_contents_stay_in_sight_on_a_wide_screen(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{live_server.url}/processes/krow/#rollback")
    link = page.get_by_role("navigation", name="Contents").get_by_role("link", name="Steps")
    box = link.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 800
