"""A hotfix in Chromium with real git behind it: what is pushed ticks the open page (K101, K104), under axe."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from hotfixes.models import Hotfix
from incidents.lifecycle import transitions
from tests.fixtures.looking import look
from tests.hotfixes.checks.stories import BRANCH, ENTRY, FIXED, HEAD, MESSAGE, NOTED, RAISED, ROW
from tests.hotfixes.observing.watched import Watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES: list[tuple[int, int, Any]] = [(390, 844, "dark"), (1280, 900, "light"), (320, 700, "light")]


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    made = watched.hotfix()
    transitions.acknowledge(made.incident, by=watched.ada)
    return made


@pytest.fixture
def site(asgi_server: str, watched: Watched, context: BrowserContext) -> str:
    client = Client()
    client.force_login(watched.ada)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    return asgi_server


def test_what_is_pushed_ticks_the_open_page(
    site: str, page: Page, watched: Watched, hotfix: Hotfix, console_errors: list[str]
) -> None:
    """K36, K101, K104, K105: no reload; what is wrong is the one loud thing, and goes when it is mended."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}/incidents/{hotfix.incident.ref}/")
    expect(page.locator("[data-live=live]").first).to_be_visible()
    expect(page.locator("#now h2")).to_have_text("Create the hotfix branch")
    page.evaluate("window.untouched = true")
    page.locator("#checklist > summary").click()
    box = page.locator("#checklist li").filter(has_text="CHANGELOG entry added")
    expect(box).to_contain_text("waiting")
    watched.story.repository.branch(BRANCH, watched.story.base)
    watched.story.commit(FIXED, MESSAGE)
    watched.story.commit(RAISED, "chore: version\n")
    watched.story.commit({**RAISED, "CHANGELOG.md": HEAD + ROW + ENTRY}, "docs: changelog\n")
    watched.look()
    expect(box).to_contain_text("not right")
    expect(page.locator("#now h2")).to_contain_text("is not first")
    expect(page.locator("#now .primary")).to_have_text("Look again")
    expect(page.locator("#panel-hotfix")).to_contain_text("1 file, 2 lines")
    look(page, "hotfix-not-right")
    page.set_viewport_size({"width": 1280, "height": 900})
    watched.story.commit(NOTED, "docs: changelog\n")
    page.locator("#now .primary").press("Enter")
    expect(page.locator("#panel-hotfix")).to_contain_text("Looking at the repository now.")
    watched.look()
    expect(box).to_contain_text("✓ done, seen in git")
    expect(page.locator("#now h2")).not_to_contain_text("is not first")
    expect(page.locator("#panel-hotfix")).not_to_contain_text("Looking at the repository now.")
    assert page.evaluate("window.untouched")
    assert page.locator("#checklist").get_attribute("open") is not None
    assert console_errors == []


def test_the_page_of_a_hotfix_follows_and_takes_a_reason(
    site: str, page: Page, watched: Watched, hotfix: Hotfix, console_errors: list[str]
) -> None:
    """A check is waived by keyboard; what was typed stays when it is refused."""
    page.goto(f"{site}/hotfixes/")
    look(page, "hotfixes")
    page.get_by_role("link", name=f"{hotfix.ref} Krow").press("Enter")
    expect(page.locator("[data-live=live]").first).to_be_visible()
    check = page.locator("#cut_from_tag")
    expect(check).to_contain_text("waiting")
    watched.story.repository.branch(BRANCH, watched.story.base)
    watched.look()
    expect(check).to_contain_text("done")
    check.locator("summary").press("Enter")
    expect(check).to_contain_text("1 earlier answer:")
    look(page, "hotfix")
    page.locator("#changelog_entry").get_by_role("link", name="Waive with a reason").press("Enter")
    expect(page.get_by_label("Why does it go on without this?")).to_be_visible()
    page.get_by_role("button", name="Waive").press("Enter")
    expect(page.locator(".error")).to_contain_text("Say why")
    look(page, "waive")
    page.get_by_label("Why does it go on without this?").fill("It has none")
    page.get_by_role("button", name="Waive").press("Enter")
    expect(page.locator("#changelog_entry")).to_contain_text("Waived by Ada: It has none")
    page.locator("#changelog_entry").get_by_role("link", name="Attest").press("Enter")
    look(page, "attest")
    assert console_errors == []
