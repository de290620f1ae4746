"""The pages in real Chromium: sign in by keyboard, no finding by axe, nothing wider than a small phone."""

import pytest
from playwright.sync_api import Page, expect

from accounts import links
from accounts.models import Role
from tests.factories import PASSWORD, join, make_team, make_user
from tests.fixtures.looking import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
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


def test_before_sign_in(page: Page, asgi_server: str, console_errors: list[str]) -> None:
    key = links.make_link(make_user(), by=None).split("/accounts/")[1]
    for path in (*BEFORE, f"/accounts/{key}"):
        look_at(page, f"{asgi_server}{path}")
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
    for path in (*WITHIN, f"/settings/people/{grace.pk}/"):
        look_at(page, f"{asgi_server}{path}")
    assert other.memberships.count() == 0
