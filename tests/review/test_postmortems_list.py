"""The list of reports: what is due first, who sees what, drills marked and never counted (K121)."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product
from review import answers, listing
from review.action_items import add_action
from review.reviewing import review
from review.schedule_postmortem import schedule_postmortem
from tests.review.conftest import DAY, KEYS, reader


@pytest.fixture
def desk(ada: User) -> Client:
    return reader(ada)


def listed(desk: Client, query: str = "") -> str:
    answer = desk.get(f"/postmortems/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_list_says_what_comes_here(desk: Client) -> None:
    assert "Nothing to review yet" in listed(desk)


def test_it_has_its_place_in_the_navigation(desk: Client) -> None:
    assert '<a href="/postmortems/">Review</a>' in desk.get("/").content.decode()


def test_what_is_due_leaves_when_it_is_scheduled_and_what_is_reviewed_is_listed_as_such(
    over: Incident, desk: Client, ada: User, ben: User
) -> None:
    """K121, K128."""
    assert ("Sign-in fails" in listed(desk, "?show=due"), listing.counts(ada)["due"]) == (True, 1)
    schedule_postmortem(over, by=ada, meets_at=moment.now() + DAY)
    assert "Nothing is due" in listed(desk, "?show=due")
    assert "Sign-in fails" in listed(desk, "?show=in_progress")
    for key in KEYS:
        answers.answer(over, key, by=ada, text="Because")
    review(over, by=ben)
    assert "reviewed by Ben" in listed(desk, "?show=reviewed")
    assert "Nothing here" in listed(desk, "?show=in_progress")


def test_mine_is_what_i_led_wrote_or_have_to_do(over: Incident, ada: User, ben: User) -> None:
    theirs = reader(ben)
    assert "Nothing here" in listed(theirs, "?show=mine")
    add_action(over, by=ada, text="A test", kind="test", owner=ben, due=moment.now().date() + DAY)
    assert "Sign-in fails" in listed(theirs, "?show=mine")
    assert "A test" in listed(theirs, "?show=actions")


def test_words_are_looked_for_in_titles_refs_and_present_answers(
    over: Incident, desk: Client, ada: User
) -> None:
    answers.answer(over, "root_cause", by=ada, text="A wombat")
    made = answers.answer(over, "root_cause", by=ada, text="A quokka", seen=answers.seen("A wombat"))
    assert made.text == "A quokka"
    found = {words: "Sign-in fails" in listed(desk, f"?q={words}") for words in
             ("sign-in", over.ref, "quokka", "wombat", "staff")}  # fmt: skip
    assert found == {"sign-in": True, over.ref: True, "quokka": True, "wombat": False, "staff": True}


def test_a_private_report_is_nowhere_for_who_takes_no_part(private: Incident, ada: User, ben: User) -> None:
    answers.answer(private, "root_cause", by=ada, text="okapi")
    add_action(private, by=ada, text="Okapi test", kind="test", owner=ada, due=moment.now().date() + DAY)
    outside, inside = reader(ben), reader(ada)
    for query in ("", "?show=due", "?show=actions", "?show=mine", "?show=in_progress"):
        assert "kapi" in listed(inside, query), query
        assert "kapi" not in listed(outside, query), query
    # The page says again what was searched for: in its box, or in the address by which it follows.
    assert "kapi" not in listed(outside, "?q=okapi").replace('value="okapi"', "").replace("?q=okapi", "")
    assert listing.counts(ben) == {"due": 0, "in_progress": 0, "actions": 0}
    ref = f"/incidents/{private.ref}/postmortem"
    ends = ("/", ".md", ".json", "/fresh", "/schedule", "/review", "/actions/add", "/actions/1/change")
    assert [outside.get(ref + end).status_code for end in ends] == [404] * 8
    assert [inside.get(ref + end).status_code for end in ends] == [200] * 8


def test_drills_are_shown_as_drills_and_not_counted(product: Product, desk: Client, ada: User) -> None:
    severity = product.severities().get(key="CRITICAL")
    drill = declare(product, by=ada, title="Fire drill", severity=severity, mode="drill")
    transitions.resolve(drill, by=ada)
    page = listed(desk, "?show=due")
    assert ("Fire drill" in page, ">Drill<" in page, listing.counts(ada)["due"]) == (True, True, 0)
    report = desk.get(f"/incidents/{drill.ref}/postmortem/").content.decode()
    assert ("<title>Drill: Postmortem" in report, '<span class="chip high">Drill</span>' in report) == (
        True,
        True,
    )
    assert "**This was a drill.**" in desk.get(f"/incidents/{drill.ref}/postmortem.md").content.decode()


def test_many_are_paged_without_a_query_more(product: Product, desk: Client, ada: User) -> None:
    severity = product.severities().get(key="CRITICAL")
    for number in range(2):
        made = declare(product, by=ada, title=f"Number {number:02}", severity=severity)
        transitions.resolve(made, by=ada)
    desk.get("/postmortems/")
    few = queries(desk)
    due = made.clocks.get(key="postmortem")
    first_due = due.due_at
    assert first_due
    for number in range(2, 33):
        made.pk, made.number, made.title = None, number + 1, f"Number {number:02}"
        made.save(force_insert=True)
        due.pk, due.incident, due.due_at = None, made, first_due + timedelta(seconds=number)
        due.save(force_insert=True)
    assert queries(desk) <= few
    first = listed(desk, "?show=due")
    assert ("Number 00" in first, "Number 32" in first) == (True, False)
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Number 32" in desk.get(following).content.decode()
    assert desk.get("/postmortems/?after=nonsense").status_code == 302


def queries(desk: Client) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        desk.get("/postmortems/")
    return len(seen)


def test_a_clock_that_ran_out_stays_first(over: Incident, product: Product, desk: Client, ada: User) -> None:
    severity = product.severities().get(key="CRITICAL")
    late = declare(
        product, by=ada, title="Long ago", severity=severity, detected_at=moment.now() - timedelta(days=3)
    )
    transitions.resolve(late, by=ada, at=moment.now() - timedelta(days=2))
    page = listed(desk, "?show=due")
    assert page.index("Long ago") < page.index("Sign-in fails")
