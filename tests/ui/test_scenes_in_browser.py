"""Every scene in real Chromium: axe finds nothing, nothing sticks out, the sheet fits above the keyboard."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.looking import look
from tests.scenes import SCENES
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(context: BrowserContext, console_errors: list[str]) -> Page:
    return context.new_page()


def visit(page: Page, site: str, stage: Stage) -> None:
    client = Client()
    client.force_login(stage.person, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page.goto(site + stage.path)


@pytest.mark.parametrize("name", [name for name in SCENES if name != "now-stale"])
def test_axe_finds_nothing_on(name: str, page: Page, asgi_server: str) -> None:
    visit(page, asgi_server, SCENES[name]())
    look(page, everywhere=True)


def test_declaring_fits_above_the_keyboard_of_a_phone(page: Page, asgi_server: str) -> None:
    """At 390 × 430 visible pixels field, product, severities and Submit are all on screen."""
    page.set_viewport_size({"width": 390, "height": 430})
    visit(page, asgi_server, SCENES["declare"]())
    wanted = page.locator("#id_title, .scroller, .choices.tall > .choice, .sheet-foot .primary").all()
    assert len(wanted) == 7
    boxes = [box for found in wanted if (box := found.bounding_box())]
    assert [box for box in boxes if box["y"] < 0 or box["y"] + box["height"] > 430] == []
    foot = boxes[-1]["y"]
    assert [box for box in boxes[:-1] if box["y"] + box["height"] > foot] == []


def test_a_draft_survives_a_lost_page(page: Page, asgi_server: str) -> None:
    visit(page, asgi_server, SCENES["declare"]())
    page.get_by_label("What is broken?").fill("Half a sentence")
    page.reload()
    expect(page.get_by_label("What is broken?")).to_have_value("Half a sentence")


def test_a_clock_that_runs_out_turns_late_in_an_open_page_and_is_said_once(
    page: Page, asgi_server: str
) -> None:
    visit(page, asgi_server, SCENES["now-1"]())
    figure = page.locator(".clock-figure[data-due]").first
    figure.evaluate("(e) => { e.dataset.due = new Date(Date.now() - 5000).toISOString(); }")
    expect(page.locator("#alarm")).to_have_text(re.compile(r"late by 0:\d\d$"))
    clock = figure.locator("xpath=ancestor::*[contains(@class,'clock ')]")
    expect(clock).to_have_attribute("class", "clock breached")


def test_the_sum_of_a_clock_opens_by_keyboard_and_closes_by_escape(page: Page, asgi_server: str) -> None:
    visit(page, asgi_server, SCENES["incident-open"]())
    summary = page.locator("details.clock summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".clock-sum").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".clock-sum").first).to_be_hidden()


def test_the_sum_of_a_clock_shows_while_the_pointer_rests_on_it(page: Page, asgi_server: str) -> None:
    visit(page, asgi_server, SCENES["incident-open"]())
    before = page.locator("h1").bounding_box()
    page.locator("details.clock summary").locator("visible=true").last.hover()
    page.wait_for_function("[...document.querySelectorAll('.clock-sum')].some(e => e.checkVisibility())")
    assert not page.locator(".clock-sum").first.evaluate("e => e.checkVisibility()")
    assert page.locator("h1").bounding_box() == before


def test_everything_is_there_without_script(context: BrowserContext, asgi_server: str) -> None:
    assert context.browser
    plain = context.browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = plain.new_page()
    visit(page, asgi_server, SCENES["incident-open"]())
    page.get_by_text("Timeline", exact=True).first.click()
    expect(page.locator("#timeline-lines .line").first).to_be_visible()
    expect(page.locator(".bar .primary")).to_be_visible()
    plain.close()


def test_every_word_of_the_menu_is_in_sight_and_nothing_lies_on_the_sign(
    page: Page, asgi_server: str
) -> None:
    visit(page, asgi_server, SCENES["incident-open"]())
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for word in page.locator(".tabs a").all():
            expect(word).to_be_in_viewport(ratio=1)
        sign, end = (
            page.locator(f".topbar {part}").bounding_box() for part in (".sign", ".topbar-end .live")
        )
        assert sign
        assert end
        assert sign["x"] + sign["width"] <= end["x"]
        expect(page.get_by_role("link", name="Nightdesk", exact=True)).to_be_visible()


def test_more_opens_within_the_screen_of_a_phone(page: Page, asgi_server: str) -> None:
    stage = SCENES["incident-open"]()
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, asgi_server, stage)
    page.locator(".bar summary").click()
    last = page.locator(".bar .menu-body a").last
    expect(last).to_be_in_viewport(ratio=1)
    expect(page.locator(".bar .menu-body a").first).to_be_in_viewport(ratio=1)
