"""Deciding in Chromium on a small phone (360 × 740): two taps, nothing wider than the page, axe finds nothing."""

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Role, User
from hotfixes.models import Decision
from incidents.declare import declare
from incidents.models import Incident
from products.models import Product, RoleHolder
from tests.factories import join, make_product, make_user
from tests.signing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def olga(transactional_db: None) -> User:
    product = make_product()
    join(olga := make_user("olga@example.test"), product.team, Role.RESPONDER)
    RoleHolder.objects.create(product=product, role="product_owner", user=olga, position=1)
    return olga


@pytest.fixture
def incident(olga: User) -> Incident:
    product = Product.objects.get()
    return declare(
        product, by=make_user("ada@example.test"), title="Nobody can sign in", impact="All", severity=None
    )


@pytest.fixture
def site(asgi_server: str, incident: Incident, olga: User, context: BrowserContext) -> str:
    client = sign_in(olga)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    return asgi_server


def look(page: Page, name: str) -> None:
    sizes: list[tuple[int, int, Any]] = [(360, 740, "dark"), (1280, 900, "light")]
    for width, height, scheme in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, name
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name} {width}: {found.generate_report()}"
        if os.environ.get("NIGHTDESK_PICTURES"):
            page.screenshot(path=Path(os.environ["NIGHTDESK_PICTURES"]) / f"{name}-{width}.png")
    page.set_viewport_size({"width": 360, "height": 740})


def test_triage_and_decision_on_a_small_phone(site: str, page: Page, incident: Incident) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/incidents/{incident.ref}/")
    look(page, "triage")
    page.goto(f"{site}/incidents/{incident.ref}/assess")
    look(page, "assess")
    page.goto(f"{site}/incidents/{incident.ref}/mark_duplicate")
    look(page, "duplicate")
    page.goto(f"{site}/decisions/")
    look(page, "decisions")
    page.get_by_role("link", name="Nobody can sign in").click()
    expect(page.locator(".decide .button")).to_have_count(4)
    look(page, "decide")
    boxes = [button.bounding_box() for button in page.locator(".decide .button").all()]
    rows = [(box["y"], box["y"] + box["height"]) for box in boxes if box]
    assert [round(below[0] - above[1]) >= 16 for above, below in pairwise(rows)] == [True] * 3
    # Everything needed is on the first screen.
    assert rows[-1][1] <= 740
    page.get_by_role("link", name="Roll back").click()
    expect(page.get_by_label("Why?")).to_be_visible()
    look(page, "confirm")
    page.get_by_text("Halt the rollout in the stores").first.click()
    page.get_by_label("Why?").fill("Faster than mending it")
    page.get_by_role("button", name="Decide: roll back").click()
    expect(page.locator("#panel-decision")).to_contain_text("Rollback: Halt the rollout in the stores")
    assert Decision.objects.get().reason == "Faster than mending it"
    with page.expect_navigation():
        page.get_by_role("link", name="What was known then").click()
    look(page, "frozen")
