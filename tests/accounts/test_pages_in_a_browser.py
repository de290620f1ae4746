"""The pages in real Chromium: sign in by keyboard, no finding by axe, nothing wider than a small phone."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from accounts import links
from accounts.models import Role
from tests.factories import PASSWORD, join, make_team, make_user
from tests.fixtures.axe import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACES: tuple[tuple[int, Literal["light", "dark"]], ...] = ((320, "light"), (1280, "dark"))
BEFORE = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/no/such/page/")
WITHIN = (
    "/settings/",
    "/settings/profile/",
    "/settings/people/",
    "/settings/people/add/",
    "/settings/teams/",
    "/settings/teams/payments/",
    "/settings/teams/add/",
    "/accounts/sessions/",
    "/accounts/password/change/",
    "/accounts/logout/",
)


def _look(page: Page, address: str) -> list[str]:
    """Findings of axe, and whether the page is wider than its window: a small phone by day, a desk by night."""
    found = []
    page.goto(address)
    for width, scheme in PLACES:
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{address} {width} {scheme}: {v['id']}" for v in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{address} {width}: wider than the window")
    return found


def test_before_sign_in(page: Page, asgi_server: str, console_errors: list[str]) -> None:
    key = links.make_link(make_user(), by=None).split("/accounts/")[1]
    found = [_look(page, f"{asgi_server}{path}") for path in (*BEFORE, f"/accounts/{key}")]
    assert [line for lines in found for line in lines] == []
    console_errors[:] = [error for error in console_errors if "404" not in error]


def test_signed_in_by_keyboard(page: Page, asgi_server: str, console_errors: list[str]) -> None:
    root = make_user(password=PASSWORD, is_administrator=True)
    team, other = make_team(), make_team("a-team-with-a-rather-long-name-for-a-small-phone")
    for member in (root, make_user("grace.with.a.long.address@navy.example.test", name="Grace " * 12)):
        join(member, team, Role.MANAGER)
    make_user("gone@example.test", is_active=False)
    page.goto(f"{asgi_server}/settings/")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("ada@example.test")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{asgi_server}/settings/")
    grace = team.memberships.exclude(user=root).get().user
    found = [_look(page, f"{asgi_server}{path}") for path in (*WITHIN, f"/settings/people/{grace.pk}/")]
    assert [line for lines in found for line in lines] == []
    assert other.memberships.count() == 0
