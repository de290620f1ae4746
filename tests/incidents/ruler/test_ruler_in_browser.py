"""The T-ruler and a page with eight clocks in Chromium: 1280, 390 and 320 px, dark and light, on paper, under axe."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Role, User
from foundation import moment
from incidents.lifecycle import lifecycle
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import Step
from incidents.models import OPEN, Incident
from tests.factories import join, make_product, make_user
from tests.fixtures.looking import look, picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def mona(transactional_db: None) -> User:
    product = make_product()
    user = make_user("mona@example.test", name="Mona")
    join(user, product.team, Role.MANAGER)
    return user


@pytest.fixture
def incident(mona: User) -> Incident:
    """An hour old: the review came late, it is approved and not deployed."""
    product = mona.memberships.get().team.products.get()
    start = moment.now() - timedelta(minutes=50)
    critical = product.severities().get(key="CRITICAL")
    found = declare(product, by=mona, title="Sign-in fails", severity=critical, detected_at=start)
    for minutes, kind in (
        (4, "hotfix_started"),
        (14, "fix_pushed"),
        (21, "review_requested"),
        (31, "approved"),
    ):
        lifecycle.perform(found, Step(kind, OPEN), by=mona, at=start + timedelta(minutes=minutes))
    return found


@pytest.fixture
def site(asgi_server: str, incident: Incident, mona: User, context: BrowserContext) -> str:
    client = Client()
    client.force_login(mona)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    return asgi_server


def test_the_ruler_reads_wide_narrow_and_on_paper(
    site: str, page: Page, incident: Incident, console_errors: list[str]
) -> None:
    """K78–K86, C2, C3."""
    page.goto(f"{site}{incident.get_absolute_url()}")
    ruler = page.locator("#panel-ruler")
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(ruler.get_by_role("img")).to_be_visible()
    expect(ruler.locator(".ruler-short")).to_be_hidden()
    look(page, "ruler")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(ruler.get_by_role("img")).to_be_hidden()
    expect(ruler.locator(".ruler-short .row")).to_have_count(3)
    expect(ruler.locator(".ruler-short .row").first).to_contain_text("Approved")
    ruler.locator("summary").click()
    expect(ruler.get_by_role("row", name="Limit: Deploy after approval")).to_be_visible()
    look(page, "ruler-table", 390)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    ruler.locator("details").evaluate("fold => fold.open = false")
    expect(ruler.get_by_role("img")).to_be_visible()
    expect(ruler.get_by_role("table")).to_be_visible()
    picture(page, "ruler-print")
    assert console_errors == []


def test_a_clock_is_paused_from_its_sum_on_a_phone(
    site: str, page: Page, incident: Incident, console_errors: list[str]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}{incident.get_absolute_url()}")
    clock = page.locator("#head .clock", has_text="Total time").first
    clock.locator("summary").click()
    look(page, "clock-sum", 390)
    page.set_viewport_size({"width": 390, "height": 844})
    clock.get_by_role("link", name="Pause: Total time").click()
    expect(page.get_by_label("Which clock?")).to_have_value("total")
    look(page, "clock-form", 390)
    page.get_by_label("Why?").fill("The provider is down")
    page.get_by_role("button", name="Pause a clock").click()
    expect(page.locator("#head")).to_contain_text("Total time: paused after")
    assert console_errors == []


def test_the_clocks_that_have_ended_open_on_a_phone_while_another_runs(
    site: str, page: Page, incident: Incident
) -> None:
    """C2: the row hides what is kept while something runs; who opens the fold wants to see just that."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}{incident.get_absolute_url()}")
    fold = page.locator("#clock-fold")
    fold.locator("> summary").click()
    kept = fold.locator(".clock.met")
    assert kept.count() > 0
    for clock in kept.all():
        expect(clock).to_be_visible()
