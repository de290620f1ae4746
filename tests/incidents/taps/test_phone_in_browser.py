"""What a phone shows stays within its screen, and the next thing is under the thumb."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from monitoring.models import Target
from tests.factories import make_product, make_target
from tests.incidents.taps.conftest import PHONE

NARROW = (320, 390)
# What reaches out of the screen and cannot be scrolled within it.
OUT = """[...document.querySelectorAll("main :is(p, small, h1, h2, a, li)")].filter((each) => each.checkVisibility()
  && !each.closest(".scroller") && each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.className + each.textContent)"""
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_the_phone_s_bar_offers_to_change_a_severity_before_it_is_confirmed(
    site: str, page: Page, incident: Incident, ada: User
) -> None:
    unsure = declare(incident.product, by=ada, title="Odd")
    transitions.acknowledge(unsure, by=ada)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(f"{site}/incidents/{unsure.ref}/")
        for words in ("Confirm CRITICAL", "Change it", "More"):
            expect(page.locator("#bar").get_by_text(words, exact=True)).to_be_in_viewport(ratio=1)
        buttons = page.locator("#bar .button").all()
        assert len({button.bounding_box()["height"] for button in buttons}) == 1, width  # type: ignore[index]


def test_the_chosen_product_is_in_sight_on_a_phone(site: str, page: Page, incident: Incident) -> None:
    for number in range(6):
        make_product(name=f"Another product {number}")
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/declare/?product={incident.product.slug}")
    expect(page.locator(".scroller .choice:has(:checked)")).to_be_in_viewport(ratio=1)


def test_the_sum_of_every_clock_is_within_the_screen_of_a_phone(
    site: str, page: Page, incident: Incident
) -> None:
    for path in ("/incidents/INC-1/", "/", "/incidents/INC-1/declared/"):
        page.goto(f"{site}{path}")
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": 700})
            for clock in page.locator("details.clock:visible").all():
                clock.locator("summary").click()
                expect(clock.locator(".clock-sum")).to_be_in_viewport(ratio=1)
                assert page.evaluate("document.documentElement.scrollWidth") == width
                clock.locator("summary").click()


def test_a_long_reason_on_the_board_stays_within_the_screen(
    site: str, page: Page, incident: Incident
) -> None:
    target = make_target(incident.product, name="https://" + "very-long-name-" * 7)
    reason = "It answered " + "x" * 180 + " and https://example.test/" + "path/" * 30
    Target.objects.filter(pk=target.pk).update(
        state="down",
        settled="down",
        seen="down",
        detail=reason[:400],
        fresh_until=moment.now() + timedelta(days=1),
    )
    for path in ("/monitoring/", target.monitor.get_absolute_url(), "/", "/declare/"):
        page.goto(f"{site}{path}")
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") == width, path
            assert page.evaluate(OUT) == [], (path, width)
