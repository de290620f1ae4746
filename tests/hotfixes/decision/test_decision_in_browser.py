"""Deciding in Chromium on a small phone (360 × 740): two taps, nothing wider than the page, axe finds nothing."""

import time
from itertools import combinations

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Role, User
from hotfixes.decision.decide import decide
from hotfixes.decision.proposing import propose
from hotfixes.models import Decision
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from notifications import links
from notifications.models import Delivery
from products.models import Product, RoleHolder
from tests.factories import PASSWORD, join, make_product, make_user
from tests.fixtures.authenticator import plug_in, somebody_else
from tests.fixtures.looking import look
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


def apart(page: Page) -> None:
    """A thumb that misses one hits no other: 16 px between any two."""
    found = [box for one in page.locator(".taps .button:visible").all() if (box := one.bounding_box())]
    for one, other in combinations(found, 2):
        across = max(one["x"], other["x"]) - min(one["x"] + one["width"], other["x"] + other["width"])
        down = max(one["y"], other["y"]) - min(one["y"] + one["height"], other["y"] + other["height"])
        assert max(across, down) >= 15.5, (one, other)


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
    expect(page.locator(".taps .button:visible")).to_have_count(4)
    look(page, "decide")
    apart(page)
    # Everything needed is on the first screen, and nothing of it lies under the choices.
    boxes = [box for one in page.locator(".taps .button:visible").all() if (box := one.bounding_box())]
    assert max(box["y"] + box["height"] for box in boxes) <= 740
    table = page.locator(".compare").bounding_box()
    taps = page.locator(".taps").bounding_box()
    assert table
    assert taps
    assert table["y"] + table["height"] <= taps["y"]
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


def test_from_the_link_on_a_cold_phone_to_the_decision_in_a_minute(
    asgi_server: str, incident: Incident, olga: User, page: Page
) -> None:
    """Issue 6: the sixty seconds begin with the tap on the link, on a phone that is not signed in, and end with the
    decision, the passkey among them.
    """
    client = sign_in(olga)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{asgi_server}/accounts/passkeys/")
    plug_in(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.context.clear_cookies()
    ada = User.objects.get(email="ada@example.test")
    join(ada, incident.product.team, Role.RESPONDER)
    propose(
        incident, by=ada, choice="rollback", option="halt_rollout", text="One store shows it", cause="unknown"
    )
    link = links.token(Delivery.objects.get(key="proposed", user=olga, route="inapp"), "decide")

    tapped = time.monotonic()
    page.goto(f"{asgi_server}/l/{link}")
    expect(page.get_by_text("recommends to roll back")).to_be_visible()
    look(page, "link")
    page.get_by_role("link", name="Halt rollout").click()
    page.get_by_label("Why?").fill("One store shows it")
    look(page, "link-confirm")
    page.get_by_role("button", name="Decide: halt the rollout").click()
    expect(page.locator("#panel-decision")).to_contain_text("Rollback: Halt the rollout in the stores")
    assert time.monotonic() - tapped < 60
    made = Decision.objects.get()
    assert (made.by, made.right, made.reason) == (olga, "listed", "One store shows it")


def test_a_finger_that_is_not_the_owners_decides_nothing(
    asgi_server: str, incident: Incident, olga: User, page: Page
) -> None:
    """The passkey asks for finger, face or PIN; without them the password is asked for, and what was typed stays."""
    olga.set_password(PASSWORD)
    olga.save()
    cookie = sign_in(olga).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    page.goto(f"{asgi_server}/accounts/passkeys/")
    device = plug_in(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    cookie = sign_in(olga, seconds_ago=901).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    page.goto(f"{asgi_server}/decisions/{incident.ref}/confirm?choice=hotfix")
    page.get_by_label("Why?").fill("One line")
    somebody_else(page, device)
    page.get_by_role("button", name="Decide: hotfix").click()
    expect(page.get_by_text("The passkey did not confirm.")).to_be_visible()
    assert Decision.objects.count() == 0
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Decide: hotfix").click()
    expect(page.locator("#panel-decision")).to_contain_text("Hotfix")
    assert Decision.objects.get().reason == "One line"


def test_open_pages_follow_what_waits_and_the_list_what_is_declared(
    site: str, page: Page, incident: Incident, olga: User, context: BrowserContext, console_errors: list[str]
) -> None:
    """From one to two, to one, to none, to one: beside its own list, on Now, on an incident and above the list, where
    what is being typed stays."""
    ada = User.objects.get(email="ada@example.test")
    tabs = {"/incidents/?status=open": page}
    for path in ("/decisions/", "/", f"/incidents/{incident.ref}/"):
        tabs[path] = context.new_page()
    for path, tab in tabs.items():
        tab.goto(site + path)
        expect(tab.locator("[data-live=live]").first).to_be_visible()
        tab.evaluate("window.sameDocument = true")
    own = tabs.pop(f"/incidents/{incident.ref}/")

    def waits(count: str, *others: Page) -> None:
        for tab in (*tabs.values(), *others):
            expect(tab.locator("#waiting")).to_have_text(f"{count} waiting for you" if count else "")

    rows, search = page.locator("#incidents .row"), page.get_by_label("Search")
    waits("1", own)
    search.focus()
    page.keyboard.type("half")
    second = declare(incident.product, by=ada, title="Nobody can pay")
    waits("2")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Nobody can pay")
    expect(page.locator("#mode option").first).to_have_text("Live (2)")
    page.keyboard.type(" typed")
    expect(search).to_have_value("half typed")
    decide(incident, by=olga, choice="hotfix", reason="A line")
    waits("1", own)
    decide(second, by=olga, choice="hotfix", reason="A line")
    waits("")
    transitions.resolve(Incident.objects.get(pk=second.pk), by=ada)
    expect(rows).to_have_count(1)
    declare(incident.product, by=ada, title="Nobody can leave")
    waits("1")
    assert all(tab.evaluate("window.sameDocument") for tab in (*tabs.values(), own))


def test_an_empty_list_becomes_one_with_its_first_incident(
    asgi_server: str, olga: User, page: Page, context: BrowserContext, console_errors: list[str]
) -> None:
    cookie = sign_in(olga).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    page.goto(f"{asgi_server}/incidents/")
    expect(page.get_by_text("No incident yet")).to_be_visible()
    expect(page.locator("[data-live=live]")).to_be_visible()
    for count, title in ((1, "Nobody can pay"), (2, "Nobody can leave")):
        declare(Product.objects.get(), by=olga, title=title)
        expect(page.locator("#incidents .row")).to_have_count(count)
    expect(page.get_by_label("Search")).to_be_visible()
