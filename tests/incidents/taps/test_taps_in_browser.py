"""Taps in real Chromium: one that fails says so beside its button, nothing slides under a finger, focus stays."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from playwright.sync_api import APIResponse, BrowserContext, Locator, Page, Route, expect

from accounts.models import Membership, User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import ChecklistItem, Incident
from incidents.work.report import report
from notifications.channels.inapp import announce
from tests.factories import join, make_user
from tests.incidents.taps.conftest import PHONE, events, live, says

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_tap_whose_connection_is_cut_says_so_and_works_when_tapped_again(
    site: str, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    live(page, f"{site}/incidents/INC-1/")
    page.route("**/acknowledge", lambda route: route.abort())
    button = page.get_by_role("button", name="Acknowledge")
    button.click()
    says(page, "Not sent: no connection. Try again.")
    assert events("acknowledged") == 0
    page.unroute("**/acknowledge")
    button.click()
    expect(page.get_by_text("Nobody leads this yet")).to_be_visible()
    expect(page.locator(".unsent")).to_have_count(0)
    assert events("acknowledged") == 1


def test_an_answer_that_is_lost_is_not_acted_on_twice(site: str, page: Page) -> None:
    """The server has done it; only its answer did not arrive, and neither did the news of it."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/live**", lambda route: route.abort())
    page.goto(f"{site}/incidents/INC-1/")
    page.route("**/acknowledge", lose)
    page.get_by_role("button", name="Acknowledge").click()
    says(page, "Not sent: no connection. Try again.")
    page.unroute("**/acknowledge")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#notice")).to_contain_text("You have done this already.")
    assert events("acknowledged") == 1


@pytest.fixture
def boxes(site: str, page: Page, incident: Incident, ada: User) -> Locator:
    """The open boxes of a hotfix under way: one "Done" each."""
    transitions.acknowledge(incident, by=ada)
    report(incident, "hotfix_started", by=ada)
    page.set_viewport_size({"width": 1280, "height": 844})
    live(page, f"{site}/incidents/INC-1/")
    page.locator("#checklist > summary").click()
    return page.locator("#panel-checklist form[action$='/attest'] button")


def ticked() -> int:
    return ChecklistItem.objects.filter(state="done").count()


def test_two_taps_on_two_boxes_both_land(boxes: Locator) -> None:
    before, done = boxes.count(), ticked()
    boxes.evaluate_all("([one, other]) => { one.click(); setTimeout(() => other.click(), 30); }")
    expect(boxes).to_have_count(before - 2)
    assert ticked() == done + 2


def test_what_took_the_place_of_a_button_whose_answer_is_awaited_can_be_tapped(site: str, page: Page) -> None:
    """The page was drawn anew by the news of the tap, before its own answer came: the form is another one's."""
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/acknowledge", lambda route: held.append((route, route.fetch())))
    live(page, f"{site}/incidents/INC-1/")
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_role("button", name="Take the lead").click()
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(page.get_by_text("Nobody leads this yet")).to_have_count(0)
    assert (events("acknowledged"), events("assigned")) == (1, 1)


def test_a_double_tap_on_one_button_is_sent_once(page: Page, boxes: Locator) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    before = boxes.count()
    boxes.first.evaluate("(one) => { one.click(); setTimeout(() => one.click(), 30); }")
    expect(boxes).to_have_count(before - 1)
    expect(page.locator("form.htmx-request")).to_have_count(0)
    assert len(sent) == 1
    expect(page.locator("#notice")).to_be_empty()


def test_an_answer_that_does_not_come_is_given_up_with_words(site: str, page: Page) -> None:
    page.goto(f"{site}/incidents/INC-1/")
    page.evaluate("htmx.config.defaultTimeout = 300")
    page.route("**/acknowledge", lambda route: None)
    page.get_by_role("button", name="Acknowledge").click()
    says(page, "No answer. Try again: it is not done twice.")


def test_a_note_that_failed_stays_typed_and_is_written_once(site: str, page: Page, busy: None) -> None:
    live(page, f"{site}/incidents/INC-1/")
    page.locator("#composer textarea").fill("The cache is full")
    with transaction.atomic():
        Incident.objects.select_for_update().get()
        page.get_by_role("button", name="Post").click()
        says(page, "Nightdesk could not do it. Try again.")
    expect(page.locator("#composer textarea")).to_have_value("The cache is full")
    page.get_by_role("button", name="Post").click()
    expect(page.locator("#composer textarea")).to_have_value("")
    expect(page.locator(".unsent")).to_have_count(0)
    assert events("noted") == 1


def test_who_may_not_do_it_any_more_is_told_beside_the_button(site: str, page: Page) -> None:
    page.goto(f"{site}/incidents/INC-1/")
    Membership.objects.update(role="viewer")
    page.locator("#composer textarea").fill("The cache is full")
    page.get_by_role("button", name="Post").click()
    says(page, "Not done: you may not do this any more. Load the page again.")
    expect(page.locator("#composer textarea")).to_have_value("The cache is full")


def test_declaring_without_a_connection_keeps_the_page(
    site: str, page: Page, context: BrowserContext
) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/declare/")
    page.get_by_label("What is broken?").fill("Payments fail")
    context.set_offline(True)
    page.locator(".sheet-foot").get_by_role("button", name="Declare").click()
    says(page, "Not sent: no connection. Try again.")
    expect(page.get_by_label("What is broken?")).to_have_value("Payments fail")
    context.set_offline(False)
    page.locator(".sheet-foot").get_by_role("button", name="Declare").click()
    expect(page.get_by_role("heading", name="INC-2 is open")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_worse_incident_does_not_push_away_the_one_under_the_finger(
    site: str, page: Page, incident: Incident, ada: User, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    live(page, f"{site}/")
    place = page.get_by_role("button", name="Acknowledge").bounding_box()
    assert place
    ben = make_user("ben@example.test")
    join(ben, incident.product.team)
    critical = incident.product.severities().get(key="CRITICAL")
    declare(incident.product, by=ben, title="Data is lost", severity=critical)
    expect(page.get_by_role("link", name="1 new: show")).to_be_visible()
    expect(page.locator(".came")).to_contain_text("Data is lost")
    assert page.get_by_role("button", name="Acknowledge").bounding_box() == place
    page.mouse.click(place["x"] + 9, place["y"] + 9)
    page.wait_for_url("**/incidents/INC-1/")
    expect(page.locator("#messages .good")).to_be_focused()
    assert events("acknowledged") == 1
    # What is told of the incident that is open covers nothing of its page: it is only heard.
    expect(page.locator("[data-live=live]").first).to_be_visible()
    for ref, covers in (("INC-2", 1), ("INC-1", 0)):
        with transaction.atomic():
            announce(ada.pk, f"{ref}: time runs short", f"/incidents/{ref}/")
        expect(page.locator("#messages [data-goes]")).to_have_text(f"{ref}: time runs short")
        expect(page.locator(".came")).to_have_count(covers)


def test_what_is_new_comes_first_when_asked_for_and_when_somebody_comes_back(
    site: str, page: Page, incident: Incident, ada: User
) -> None:
    severities = incident.product.severities()
    titles = page.locator("#board .now-incident h2, #board .row .row-title")
    live(page, f"{site}/")
    declare(incident.product, by=ada, title="Data is lost", severity=severities.get(key="CRITICAL"))
    expect(titles).to_have_text(["Sign-in fails", "Data is lost"])
    page.get_by_role("link", name="1 new: show").click()
    expect(titles).to_have_text(["Data is lost", "Sign-in fails"])
    expect(page.get_by_role("link", name="1 new: show")).to_have_count(0)
    long_ago = moment.now() - timedelta(minutes=50)
    worse = severities.get(key="CRITICAL")
    declare(incident.product, by=ada, title="All is dark", severity=worse, detected_at=long_ago)
    expect(titles).to_have_text(["Data is lost", "Sign-in fails", "All is dark"])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(titles).to_have_text(["All is dark", "Data is lost", "Sign-in fails"])


def test_a_finger_on_its_way_when_the_button_changes_does_nothing(
    site: str, page: Page, incident: Incident
) -> None:
    """For a moment after a change by somebody else taps fall through; then they count again."""
    ben = make_user("ben@example.test")
    join(ben, incident.product.team)
    live(page, f"{site}/incidents/INC-1/")
    place = page.get_by_role("button", name="Acknowledge").bounding_box()
    assert place
    page.evaluate(
        """([x, y]) => document.addEventListener("htmx:after:swap", () => {
            if ("changing" in document.documentElement.dataset)
                window.hit ??= document.elementFromPoint(x, y).closest("button, a")?.textContent ?? "nothing";
        })""",
        [place["x"] + 9, place["y"] + 9],
    )
    transitions.acknowledge(incident, by=ben)
    expect(page.get_by_role("button", name="Take the lead")).to_be_visible()
    assert page.wait_for_function("window.hit").json_value() == "nothing"
    page.get_by_role("button", name="Take the lead").click()
    expect(page.locator("#timeline-lines")).to_contain_text("Ada took the lead")


@pytest.mark.parametrize("width", [390, 1280])
def test_focus_goes_on_to_the_next_step_and_never_falls_to_the_page(
    site: str, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    live(page, f"{site}/incidents/INC-1/")
    page.get_by_role("button", name="Acknowledge").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take the lead")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main, aside").get_by_role("link", name="Damage contained")).to_be_focused()


def test_what_sounds_alike_comes_up_while_it_is_typed(
    site: str, page: Page, incident: Incident, ada: User
) -> None:
    declare(incident.product, by=ada, title="Map is blank")
    page.goto(f"{site}/declare/")
    rows = page.locator("#already .row-title")
    expect(rows).to_have_text(["INC-2 Map is blank", "INC-1 Sign-in fails"])
    page.get_by_label("What is broken?").press_sequentially("nobody can sign in")
    expect(rows).to_have_text(["INC-1 Sign-in fails", "INC-2 Map is blank"])
    expect(page.get_by_label("What is broken?")).to_be_focused()
    page.get_by_role("button", name="Join INC-1").click()
    expect(page.locator("#timeline-lines")).to_contain_text("Also reported: nobody can sign in")


def test_back_and_declare_again_makes_no_second_incident(site: str, page: Page) -> None:
    page.goto(f"{site}/declare/")
    page.get_by_label("What is broken?").fill("Payments fail")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="INC-2 is open")).to_be_visible()
    page.go_back()
    page.get_by_label("What is broken?").fill("Payments fail")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Incident.objects.filter(title="Payments fail").count() == 1


def test_the_timeline_says_its_days_in_the_reader_s_zone(
    asgi_server: str, site: str, page: Page, incident: Incident, ada: User
) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Kiritimati")
    now = moment.now()
    noon = now.replace(hour=12, minute=0) - timedelta(days=2)
    for text, at in (("before", noon - timedelta(hours=3)), ("after", noon)):
        transitions.note(incident, by=ada, text=text, at=at)
    live(page, f"{site}/incidents/INC-1/")
    rows = page.locator("#timeline-lines > li")
    heads = page.locator("#timeline-lines .line-day-break")
    # noon in UTC is two o'clock of the next day there: the two notes are of two days
    expect(heads).to_have_count(3)
    expect(heads.last).to_have_text(re.compile(rf"^{noon.day} [A-Z]"))
    expect(rows.nth(0)).to_have_class("line-day-break")
    transitions.note(incident, by=ada, text="now")
    expect(page.locator("#timeline-lines .line")).to_have_count(4)
    expect(heads).to_have_count(3)
    expect(rows.nth(0)).to_have_class("line-day-break")
