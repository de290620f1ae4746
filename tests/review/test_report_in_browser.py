"""One report from resolved to reviewed in Chromium at 390 px: it saves itself, two lose nothing, axe is clean."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product
from review.models import ActionItem, Answer, Postmortem
from tests.factories import join, make_product, make_user
from tests.fixtures.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User]:
    product = make_product()
    ada, ben = make_user("ada@example.test"), make_user("ben@example.test")
    for user in (ada, ben):
        join(user, product.team)
    return ada, ben


@pytest.fixture
def over(people: tuple[User, User]) -> Incident:
    product = Product.objects.get()
    severity = product.severities().get(key="CRITICAL")
    made = declare(product, by=people[0], title="Nobody can sign in", severity=severity)
    transitions.note(made, by=people[0], text="The guard is **null**.")
    transitions.resolve(made, by=people[0], text="The fix is out.")
    return made


def open_as(browser: Browser, site: str, user: User) -> Page:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    return context.new_page()


def test_one_report_from_resolved_to_reviewed(
    asgi_server: str, browser: Browser, over: Incident, people: tuple[User, User]
) -> None:
    """K116, K118–K121, K125, K131."""
    ada, ben = people
    mine, theirs = open_as(browser, asgi_server, ada), open_as(browser, asgi_server, ben)
    mine.goto(f"{asgi_server}/incidents/{over.ref}/")
    mine.locator("#panel-report").get_by_role("link", name="Write the report").click()
    expect(mine.get_by_label("What was the root cause?")).to_be_visible()
    look(mine, "report-new")
    theirs.goto(f"{asgi_server}/incidents/{over.ref}/postmortem/")
    # It saves itself; the other's page hears of it, and their words go nowhere without a warning.
    mine.get_by_label("What was the root cause?").fill("A null site")
    expect(mine.locator("#saved-root_cause")).to_contain_text("Saved by Ada")
    expect(theirs.locator("#left")).to_have_text("2 questions left")
    theirs.get_by_label("What was the root cause?").fill("A missing guard")
    expect(theirs.locator("#saved-root_cause")).to_contain_text("Ada has written another answer meanwhile.")
    look(theirs, "report-conflict")
    assert theirs.get_by_label("What was the root cause?").input_value() == "A missing guard"
    theirs.get_by_role("button", name="Save mine instead").click()
    expect(theirs.locator("#saved-root_cause")).to_contain_text("1 earlier answer")
    assert list(Answer.objects.values_list("text", flat=True)) == ["A null site", "A missing guard"]
    for question in ("Why was it not caught before?", "What testing was missed?"):
        mine.get_by_label(question).fill("Nobody looked")
    expect(mine.locator("#left")).to_have_text("all answered")
    # The meeting, an action item, the review by the other one.
    mine.locator("#next").get_by_role("link", name="Schedule").click()
    mine.get_by_label("When do you meet?").fill("2027-01-04T10:00")
    look(mine, "report-schedule")
    mine.get_by_role("button", name="Schedule").click()
    mine.get_by_role("link", name="Add test coverage").click()
    mine.get_by_label("What is to be done?").fill("Test with a null site")
    look(mine, "report-action")
    mine.get_by_role("button", name="Add").click()
    expect(mine.locator("#action-1")).to_contain_text("Test with a null site")
    assert ActionItem.objects.get().kind == "test"
    theirs.reload()
    theirs.locator("#next").get_by_role("link", name="Review").click()
    reviewed = theirs.get_by_role("button", name="I have read it and stand for it")
    expect(reviewed).to_be_visible()
    look(theirs, "report-review")
    reviewed.click()
    expect(theirs.locator("#head")).to_contain_text("Reviewed by Ben")
    look(theirs, "report-reviewed")
    assert Postmortem.objects.get().is_reviewed
    theirs.get_by_role("link", name="Review", exact=True).click()
    theirs.wait_for_url(f"{asgi_server}/postmortems/")
    look(theirs, "report-list")
    theirs.get_by_role("link", name="Insights").click()
    theirs.get_by_text("How it is counted").click()
    look(theirs, "insights")
    theirs.get_by_role("link", name="1 × Resolved").click()
    expect(theirs.get_by_role("heading", name="Resolved")).to_be_visible()
    look(theirs, "insights-list")
    for page in (mine, theirs):
        page.context.close()


def test_it_works_without_a_script_and_keeps_what_was_typed(
    over: Incident, people: tuple[User, User]
) -> None:
    client = Client()
    client.force_login(people[0])
    here = f"/incidents/{over.ref}/postmortem/answers/root_cause"
    answer = client.post(here, {"text": "A null site", "seen": ""})
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/incidents/{over.ref}/postmortem/#question-root_cause",
    )
    refused = client.post(here, {"text": "x" * 20_001, "seen": ""})
    assert (refused.status_code, "x" * 20_001 in refused.content.decode()) == (422, True)
    late = client.post(here, {"text": "Another one", "seen": ""})
    page = late.content.decode()
    assert (late.status_code, "Another one</textarea>" in page, "A null site" in page) == (409, True, True)
