"""Claim and hand over in Chromium on a phone (390 px), the panel and its sheets under axe; K138–K140."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import APIResponse, BrowserContext, Page, Route, expect

from accounts.models import User
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.roles import roles
from products import role_holders
from tests.factories import join, make_product, make_user
from tests.fixtures.looking import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User]:
    product = make_product()
    ada, ben = make_user("ada@example.test", name="Ada"), make_user("ben@example.test", name="Ben")
    for user in (ada, ben):
        join(user, product.team)
    role_holders.list_for_role(product, role="product_owner", user=ben, by=ben)
    return ada, ben


@pytest.fixture
def incident(people: tuple[User, User]) -> Incident:
    product = people[0].memberships.get().team.products.get()
    return declare(
        product, by=people[0], title="Sign-in fails", severity=product.severities().get(key="HIGH")
    )


@pytest.fixture
def site(asgi_server: str, incident: Incident, people: tuple[User, User], context: BrowserContext) -> str:
    client = Client()
    client.force_login(people[0])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    return asgi_server


def people_segment(page: Page) -> None:
    page.locator("input[name=segment][value=people]").check(force=True)


def test_an_answer_that_the_news_of_it_overtook_is_still_read(
    site: str, page: Page, incident: Incident, people: tuple[User, User]
) -> None:
    page.goto(f"{site}/incidents/INC-1/")
    expect(page.locator("[data-live=live]").first).to_be_visible()
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/claim", lambda route: held.append((route, route.fetch())))
    panel = page.locator("#panel-people")
    panel.get_by_role("button", name="Take it: DevOps").click()
    expect(panel.get_by_role("link", name="Hand over: DevOps")).to_be_visible()  # the button is gone
    for _ in range(500):  # the news may be there before the whole answer is
        if not held:
            page.wait_for_timeout(20)
    [(route, answer)] = held
    route.fulfill(response=answer)
    expect(page.locator("#notice")).to_contain_text("You have the role DevOps.")


def test_on_a_phone_a_role_is_taken_by_one_tap_and_handed_over(
    site: str, page: Page, incident: Incident, people: tuple[User, User], console_errors: list[str]
) -> None:
    _ada, ben = people
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/incidents/INC-1/")
    expect(page.locator("[data-live=live]").first).to_be_visible()
    people_segment(page)
    panel = page.locator("#panel-people")
    expect(panel).to_contain_text("May decide: Ben.")
    expect(panel.get_by_role("button", name="Take it: Product Owner")).to_have_count(0)
    button = panel.get_by_role("button", name="Take it: DevOps")
    box = button.bounding_box()
    assert box
    assert box["height"] >= 44
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("You have the role DevOps.")
    expect(page.locator("#notice")).to_contain_text("Watches the infrastructure")
    expect(panel.get_by_role("link", name="Hand over: DevOps")).to_be_visible()
    look(page, "people")
    # Somebody else takes one: it comes by itself, and the open part of the page stays open.
    roles.claim(Incident.objects.get(), "release_engineer", by=ben)
    expect(panel).to_contain_text("Ben since")
    panel.get_by_role("link", name="Hand over: DevOps").click()
    expect(page.get_by_label("To whom?")).to_be_visible()
    look(page, "hand-over")
    page.get_by_label("To whom?").select_option("Ben")
    page.get_by_label("Where do things stand?").fill("The rollout stands at 20 %")
    page.get_by_role("button", name="Hand over").click()
    page.wait_for_url(f"{site}/incidents/INC-1/")
    people_segment(page)
    expect(panel.get_by_role("link", name="Hand over: DevOps")).to_have_count(0)
    assert incident.assignments.get(role="devops", until=None).user == ben
    assert console_errors == []


def test_the_page_of_a_product_says_who_decides(site: str, page: Page, people: tuple[User, User]) -> None:
    join(people[0], people[0].memberships.get().team, "manager")
    page.goto(f"{site}/products/staff-mobile/")
    section = page.locator("section[aria-labelledby=roles]")
    section.get_by_text("List somebody for a role").click()
    section.get_by_label("Role").select_option("Product Owner")
    section.get_by_label("Person").select_option("Ada")
    section.get_by_role("button", name="List").click()
    expect(section.get_by_role("button", name="Move Ada up for Product Owner")).to_be_visible()
    look(page, "product-roles")
