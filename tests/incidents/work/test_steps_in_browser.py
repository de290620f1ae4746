"""The process in real Chromium: a thumb and a desk, light and dark, with the keyboard, without script (K145)."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.work.report import report
from tests.factories import join, make_product, make_user
from tests.fixtures.looking import look, picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def ada(transactional_db: None) -> User:
    return make_user("ada@example.test", name="Ada")


@pytest.fixture
def incident(ada: User) -> Incident:
    product = make_product(version="0.1.0")
    join(ada, product.team)
    severity = product.severities().get(key="CRITICAL")
    incident = declare(product, by=ada, title='Sign-in "fails"', severity=severity)
    transitions.acknowledge(incident, by=ada)
    report(incident, "hotfix_started", by=ada)
    return incident


def sign_in(context: BrowserContext, server: str, ada: User) -> None:
    client = Client()
    client.force_login(ada)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])


def test_steps_boxes_and_messages_on_a_desk_and_on_a_phone(
    asgi_server: str, incident: Incident, ada: User, context: BrowserContext, page: Page
) -> None:
    sign_in(context, asgi_server, ada)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{asgi_server}/incidents/INC-1/")
    steps = page.locator("#panel-steps")
    expect(steps.locator("h3").first).to_have_text("Create the hotfix branch")
    expect(page.locator(".button.primary:visible")).to_have_text(["The branch is made"])
    steps.get_by_role("button", name="Copy: Create the hotfix branch, command 1").click()
    name = "staff-mobile"
    page.wait_for_function(
        "async (words) => await navigator.clipboard.readText() === words",
        arg=f"git checkout -b hotfix/{name}-v0.1.1 {name}/prod-v0.1.0",
    )
    page.locator("#now").get_by_role("button", name="The branch is made").click()
    expect(steps.locator("h3").first).to_have_text("Fix the bug")
    # What came fresh can be copied as well.
    expect(steps.locator("[data-copy]:visible").first).to_be_visible()
    # By keyboard: the same button, reached with Tab and pressed with Enter.
    steps.locator(".current-step").get_by_role("button", name="The fix is pushed").focus()
    page.keyboard.press("Enter")
    expect(steps.locator("h3").first).to_have_text("Update the version")
    page.locator("#checklist > summary").click()
    row = page.locator("#checklist li", has_text="CHANGELOG entry added")
    row.get_by_role("button").click()
    expect(row).to_contain_text("done, Ada")
    report(incident, "deployed", by=ada)
    page.reload()
    expect(page.locator("#tell del").first).to_have_text("Impact: Resolved for [users_affected] users")
    for fold in page.locator("details.fold:visible").all():
        fold.evaluate("fold => { fold.open = true; }")
    look(page, "steps", 1280)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("Next", exact=True).first.click()
    expect(steps.locator(".current-step")).to_be_visible()
    look(page, "steps", 390)
    page.set_viewport_size({"width": 320, "height": 844})
    expect(steps.locator(".current-step")).to_be_visible()
    page.get_by_text("People", exact=True).first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    picture(page, "people-320")


def test_without_script_the_steps_and_boxes_work(
    asgi_server: str, incident: Incident, ada: User, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, asgi_server, ada)
    page = context.new_page()
    page.goto(f"{asgi_server}/incidents/INC-1/")
    expect(page.locator("#command-branch-1")).to_contain_text("git checkout -b hotfix/")
    page.locator("#panel-steps .current-step").get_by_role("button", name="The branch is made").click()
    expect(page.locator("#step-title")).to_have_text("Fix the bug")
    page.locator("#panel-steps .current-step").get_by_role(
        "link", name=re.compile("With words, link or file ?: Fix the bug")
    ).click()
    page.get_by_label("In your words").fill("Pinned the parser")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#timeline-lines")).to_contain_text("Pinned the parser")
    page.locator("#checklist > summary").click()
    page.get_by_role("link", name=re.compile("Not needed ?: GitHub Release made")).click()
    page.get_by_label("Why is it not needed?").fill("No GitHub")
    page.get_by_role("button", name="Not needed").click()
    expect(page.locator("#timeline-lines")).to_contain_text("Not needed: GitHub Release made")
    context.close()
