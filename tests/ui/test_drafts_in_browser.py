"""What is typed is kept on the device until it was taken, for the person who typed it and for nobody else."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from tests.factories import join, make_product, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def ada(transactional_db: None) -> User:
    return make_user("ada@example.test")


@pytest.fixture
def incident(ada: User) -> Incident:
    product = make_product()
    join(ada, product.team)
    return declare(product, by=ada, title="Sign-in fails", severity=product.severities().get(key="CRITICAL"))


@pytest.fixture
def sign_in(asgi_server: str, context: BrowserContext) -> Callable[[User], None]:
    def do(user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])

    return do


@pytest.fixture
def site(asgi_server: str, incident: Incident, ada: User, sign_in: Callable[[User], None]) -> str:
    sign_in(ada)
    return asgi_server


def drafts(page: Page) -> list[str]:
    keys: list[str] = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")
    return keys


def no_draft_is_left(page: Page) -> None:
    """The words may be on the page before the script has seen that they were taken."""
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.startsWith('draft:'))")


def test_a_posted_note_is_no_draft_any_more(site: str, page: Page) -> None:
    page.goto(f"{site}/incidents/INC-1/")
    expect(page.locator("[data-live=live]").first).to_be_visible()
    for text in ("Cache is full", "Cache is empty"):
        page.locator("#composer textarea").fill(text)
        assert len(drafts(page)) == 1
        page.get_by_role("button", name="Post").click()
        expect(page.locator("#timeline-lines")).to_contain_text(text)
        expect(page.locator("#composer textarea")).to_have_value("")
        no_draft_is_left(page)
    page.reload()
    expect(page.locator("#composer textarea")).to_have_value("")


def test_a_form_that_was_taken_is_no_draft_any_more(site: str, page: Page) -> None:
    page.goto(f"{site}/incidents/INC-1/resolve")
    page.locator("textarea").first.fill("The fix is out.")
    page.locator("main .button.primary").click()
    expect(page.locator("#timeline-lines")).to_contain_text("The fix is out.")
    no_draft_is_left(page)


def test_a_form_that_is_sent_again_after_a_busy_moment_is_no_draft_any_more(site: str, page: Page) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET lock_timeout = '200ms'")
    try:
        page.goto(f"{site}/incidents/INC-1/resolve")
        page.locator("textarea").first.fill("The fix is out.")
        with transaction.atomic():
            Incident.objects.select_for_update().get()
            page.locator("main .button.primary").click()
            expect(page.get_by_role("heading", name="Nightdesk is busy")).to_be_visible()
            assert len(drafts(page)) == 1
        page.get_by_role("button", name="Send again").click()
        expect(page.locator("#timeline-lines")).to_contain_text("The fix is out.")
        no_draft_is_left(page)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} RESET lock_timeout")


def test_a_refused_form_a_lost_connection_and_a_lost_session_keep_the_draft(
    site: str, page: Page, context: BrowserContext
) -> None:
    page.goto(f"{site}/incidents/INC-1/change_severity")
    page.locator("textarea").first.fill("Half of them are back.")
    kept = drafts(page)
    assert len(kept) == 1
    page.locator("main .button.primary").click()
    expect(page.get_by_text("It is CRITICAL already.")).to_be_visible()
    assert drafts(page) == kept

    page.route("**/change_severity", lambda route: route.abort())
    page.locator("main .button.primary").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/change_severity")
    page.goto(f"{site}/incidents/INC-1/change_severity")
    expect(page.locator("textarea").first).to_have_value("Half of them are back.")

    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("main .button.primary").click()
    page.wait_for_url("**/accounts/login/**")
    assert drafts(page) == kept


def test_back_to_a_refused_form_shows_the_form_with_what_was_typed(site: str, page: Page) -> None:
    page.goto(f"{site}/incidents/INC-1/change_severity")
    page.locator("textarea").first.fill("Half of them are back.")
    page.locator("main .button.primary").click()
    expect(page.get_by_text("It is CRITICAL already.")).to_be_visible()
    page.goto(f"{site}/incidents/")
    page.go_back()
    expect(page.locator("textarea").first).to_have_value("Half of them are back.")


def test_a_draft_is_not_shown_to_somebody_else(
    site: str, page: Page, incident: Incident, sign_in: Callable[[User], None]
) -> None:
    page.goto(f"{site}/incidents/INC-1/resolve")
    page.locator("textarea").first.fill("secret words")
    ben = make_user("ben@example.test")
    join(ben, incident.product.team)
    sign_in(ben)
    page.goto(f"{site}/incidents/INC-1/resolve")
    expect(page.locator("textarea").first).to_have_value("")
    no_draft_is_left(page)


def test_signing_out_leaves_nothing_behind_not_even_by_back(site: str, page: Page) -> None:
    page.goto(f"{site}/incidents/INC-1/resolve")
    page.locator("textarea").first.fill("secret words")
    page.goto(f"{site}/incidents/INC-1/")
    page.goto(f"{site}/accounts/logout/")
    page.locator("main .button.primary").click()
    page.wait_for_url("**/accounts/login/")
    no_draft_is_left(page)
    for _ in range(2):
        page.go_back()
        page.wait_for_load_state()
        expect(page.locator("main")).not_to_contain_text("Sign-in fails")


def test_back_to_now_is_the_whole_page_and_fresh(site: str, page: Page, ada: User) -> None:
    page.goto(f"{site}/")
    expect(page.locator("[data-live=live]").first).to_be_visible()
    with page.expect_response(lambda response: "hx-request" in response.request.headers):
        transitions.acknowledge(Incident.objects.get(), by=ada)
    page.get_by_role("link", name="Sign-in fails").click()
    expect(page.locator("#composer")).to_be_visible()
    page.go_back()
    expect(page.locator("header.topbar")).to_have_count(1)
    expect(page.get_by_role("link", name="Sign-in fails")).to_be_visible()
