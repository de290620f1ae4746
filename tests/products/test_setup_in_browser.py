"""A product is set up by hand in a real browser: on a phone, without a mouse's precision, in well under three minutes.

A person is slower than a machine, so what is counted is what they have to do: fields to fill in and taps.
"""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from incidents.models import Incident
from monitoring.models import Monitor
from notifications.models import Channel
from products.models import Product
from products.setup.sections import progress
from tests.factories import join, make_team, make_user
from tests.shipped import import_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# An unhurried person: reads a page for ten seconds, types a field in eight, taps in two.
READS_S, TYPES_S, TAPS_S = 10, 8, 2
LIMIT_S = 180


class Hand:
    """Drives the page as a person does and counts what that costs them."""

    def __init__(self, page: Page) -> None:
        self.page, self.pages, self.fields, self.taps = page, 1, 0, 0

    def fill(self, name: str, words: str) -> None:
        self.fields += 1
        self.page.locator(f"[name={name}]").fill(words)

    def choose(self, name: str, label: str) -> None:
        self.taps += 2
        self.page.locator(f"[name={name}]").select_option(label=label)

    def press(self, name: str, role: str = "button") -> None:
        """And see the page that comes."""
        self.taps += 1
        self.pages += 1
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name, exact=True).last.click()  # type: ignore[arg-type]
        look(self.page, f"{self.pages}")

    @property
    def seconds(self) -> int:
        return self.pages * READS_S + self.fields * TYPES_S + self.taps * TAPS_S


def look(page: Page, name: str) -> None:
    """Nothing sticks out sideways; axe looks at these pages in test_pages_in_browser.py."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if folder := os.environ.get("NIGHTDESK_PICTURES"):
        page.screenshot(path=Path(folder) / f"set-up-{name}.png", full_page=True)


@pytest.fixture
def phone(browser: Browser, asgi_server: str) -> Page:
    """A manager of a team of two, signed in on a phone."""
    import_once()
    team, mia, dora = make_team(), make_user("mia@example.test"), make_user("dora@example.test")
    join(mia, team, "manager")
    join(dora, team)
    client = Client()
    client.force_login(mia)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": asgi_server}])
    return context.new_page()


def test_a_product_is_set_up_within_three_minutes_on_a_phone(phone: Page, asgi_server: str) -> None:
    """K16, K17, K132-K136, K138, C8: from nothing to "ready", then the first drill."""
    began = time.monotonic()
    phone.goto(f"{asgi_server}/products/new/")
    hand = Hand(phone)
    hand.press("Staff Mobile", "link")
    hand.fill("version", "0.1.0")
    hand.press("Add product")
    hand.press("Save and go on")  # parts and places, as the process has them
    for role, person in (("who_0", "Dora"), ("who_1", "Dora"), ("who_2", "Mia"), ("deputy_2", "Dora")):
        hand.choose(role, person)
    hand.choose("who_3", "Everybody in the team who responds")
    hand.fill("room_url", "https://hooks.example.test/services/emergency")
    hand.press("Save and go on")
    hand.fill("target_0", "https://staff.example.test/health")
    hand.press("Save and go on")
    hand.fill("url", "https://git.example.test/krow/workspace.git")
    hand.press("Save")
    expect(phone.get_by_role("heading", name="Staff Mobile is ready")).to_be_visible()
    assert hand.seconds <= LIMIT_S, (hand.pages, hand.fields, hand.taps)
    assert time.monotonic() - began < LIMIT_S

    product = Product.objects.get()
    assert (product.aliases, product.version) == (["Worker Mobile", "krow-withus-worker-mobile"], "0.1.0")
    assert progress(product).complete
    assert (Monitor.objects.count(), Channel.objects.get().name) == (1, "#emergency-releases")

    hand.press("Start a drill", "link")
    expect(phone.locator("[name=mode]")).to_have_value("drill")
    hand.fill("title", "Drill: nobody can sign in")
    hand.press("Start the drill")
    assert Incident.objects.get().mode == "drill"


def test_without_script_each_step_waits_and_what_was_typed_stays(
    browser: Browser, phone: Page, asgi_server: str
) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=phone.context.storage_state())
    page = context.new_page()
    site = asgi_server
    page.goto(f"{site}/products/new/?process=archy")
    page.locator("[name=name]").fill("Archipelago")
    page.get_by_role("button", name="Add product").click()
    page.get_by_role("link", name="Later", exact=True).click()
    page.wait_for_url("**/setup/people/")
    page.locator("[name=who_1]").select_option(label="Dora")
    page.locator("[name=call]").fill("not an address")
    page.get_by_role("button", name="Save and go on").last.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.locator("[name=call]")).to_have_value("not an address")
    expect(page.locator("[name=who_1] option:checked")).to_have_text("Dora")
    page.locator("[name=call]").fill("https://meet.example.test/now")
    page.get_by_role("button", name="Save and go on").last.click()
    page.wait_for_url("**/setup/monitors/")  # each page has a link “Later”
    page.get_by_role("link", name="Later", exact=True).click()
    page.wait_for_url("**/setup/repository/")
    page.get_by_role("link", name="Later", exact=True).click()
    page.wait_for_url(f"{site}/products/archipelago/setup/")
    expect(page.get_by_text("2 of 8 things set up.")).to_be_visible()
    page.goto(f"{site}/products/archipelago/")
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Set up: Parts and places").click()
    expect(page.locator("[name='1-hosts']")).to_have_value("192.168.1.228")
    context.close()
