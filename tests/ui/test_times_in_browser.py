"""Times as people read them: in their device's zone, also after a refresh, and beside titles that stay readable."""

from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from accounts.models import Role, User
from hotfixes.reported.deployments import report_deployment
from incidents.lifecycle.declare import declare
from incidents.work.report import report
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.signing import sign_in

# What the first time on the page reads as soon as a refresh has been painted.
REFRESHED = """() => new Promise((done, late) => {
  setTimeout(() => late(new Error("No refresh was painted within 20 s.")), 20000);
  const seen = (event) => {
    if (!event.target.closest?.("#deployments")) return;
    document.removeEventListener("htmx:after:swap", seen);
    requestAnimationFrame(() => requestAnimationFrame(() =>
      done(document.querySelector("#deployments .row-end time").textContent)));
  };
  document.addEventListener("htmx:after:swap", seen);
  const ask = () => document.getElementById("live").dispatchEvent(new Event("product"));
  ask();
  setTimeout(ask, 1100);
})"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def product(transactional_db: None) -> Product:
    return make_product()


@pytest.fixture
def ben(product: Product) -> User:
    join(user := make_user("ben@example.test"), product.team, Role.RESPONDER)
    return user


def test_a_refresh_leaves_times_in_the_readers_zone_and_long_ends_leave_room_for_titles(
    asgi_server: str, browser: Browser, product: Product, ben: User
) -> None:
    place = product.environments.get(kind="production")
    made = report_deployment(product, place, version="0.1.0", status="succeeded", by=ben)
    cookie = sign_in(ben).cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(timezone_id="Asia/Tokyo", viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    page = context.new_page()
    page.goto(f"{asgi_server}/products/{product.slug}/deployments/")
    time = page.locator("#deployments .row-end time")
    there = f"{made.at.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}"
    expect(time).to_contain_text(there)
    for _refresh in range(2):
        assert there in page.evaluate(REFRESHED)

    incident = declare(product, by=ben, title="Nobody can sign in")
    for kind in ("deployed", "smoke_passed"):
        report(incident, kind, by=ben)
    page.goto(f"{asgi_server}/incidents/owed/")
    title = page.get_by_role("link", name="Production hotfix deployed").bounding_box()
    assert title
    assert title["width"] >= 110
    context.close()
