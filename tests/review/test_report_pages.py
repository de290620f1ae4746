"""The report on its page: filled from evidence, honest about where it stands (K116–K131, K117)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from incidents.lifecycle import transitions
from incidents.models import Incident
from incidents.timeline import corrections
from review import answers, report
from review.action_items import add_action
from review.findings import share_findings
from review.models import Postmortem
from review.reviewing import review
from review.schedule_postmortem import schedule_postmortem
from tests.review.conftest import DAY, KEYS, House, reader, resolved_house


@pytest.fixture(scope="module", autouse=True)
def house(undone: None) -> House:
    return resolved_house()


def page_of(user: User, incident: Incident) -> str:
    answer = reader(user).get(f"/incidents/{incident.ref}/postmortem/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_filled_before_anybody_has_written_a_word(over: Incident, ada: User) -> None:
    page = page_of(ada, over)
    words = [
        "Postmortem: Sign-in fails", "Schedule the postmortem", "3 questions left", "What was the root cause?",
        "Why was it not caught before?", "What testing was missed?", "Hotfix", "One line mends it.",
        "Product Owner", "What was known then", "Acknowledged by Ada", "<strong>null</strong>", "The fix is out.",
        "Respond", "Plan and reality", "Checklist as it stood", "Incident documented", "Messages of the process",
        "Look at what went wrong", "The team hears what was found", "Add test coverage", "Keep it from happening again",
    ]  # fmt: skip
    assert [one for one in words if one not in page] == []


def test_the_sums_of_clocks_are_those_of_the_api(over: Incident, ada: User) -> None:
    now = moment.now()
    shown = report.read(over, now)["clocks"]
    assert [one["sum"] for one in shown] == [clock.sum(now) for clock in over.clocks.order_by("pk")] or {
        tuple(one["sum"]) for one in shown
    } == {tuple(clock.sum(now)) for clock in over.clocks.all()}


def test_a_corrected_entry_says_what_is_right_and_nothing_else(over: Incident, ada: User) -> None:
    note = over.events.get(kind="noted")
    corrections.correct(note, by=ada, reason="Typing error", text="The guard is missing.")
    page = page_of(ada, over)
    assert ("The guard is missing." in page, "null" in page, ">corrected</a>" in page) == (True, False, True)


def test_redacted_words_are_gone_from_an_open_and_from_a_reviewed_report(
    over: Incident, ada: User, ben: User
) -> None:
    note = over.events.get(kind="noted")
    for key in KEYS:
        answers.answer(over, key, by=ada, text="Because")
    asked = corrections.ask_redaction(note, by=ada, reason="A name")
    assert ("null" in page_of(ada, over), "hidden: somebody asked" in page_of(ada, over)) == (False, True)
    corrections.decline_redaction(asked, by=ben)
    review(over, by=ben)
    assert "<strong>null</strong>" in page_of(ada, over)
    corrections.confirm_redaction(corrections.ask_redaction(note, by=ada, reason="A name"), by=ben)
    client = reader(ada)
    for end in ("/", ".md", ".json"):
        body = client.get(f"/incidents/{over.ref}/postmortem{end}").content.decode()
        assert ("null**" in body, "<strong>null" in body, "redacted by Ben" in body) == (
            False,
            False,
            True,
        ), end
    page = page_of(ada, over)
    assert ("As it was reviewed." in page, "Redacted entry" in re.sub("<[^>]+>", "", page)) == (True, True)


def test_redacted_words_of_the_meeting_and_the_description_are_nowhere(
    over: Incident, ada: User, ben: User
) -> None:
    transitions.describe(over, by=ada, impact="Customer Wombat is out", workaround="Call Quokka")
    link = "https://call.example.test/numbat"
    schedule_postmortem(over, by=ada, meets_at=moment.now() + DAY, attendees="Bilby", link=link)
    for key in KEYS:
        answers.answer(over, key, by=ada, text="Because")
    review(over, by=ben)
    transitions.describe(over, by=ada, impact="A customer is out", workaround="")
    client, words = reader(ada), ("Wombat", "Quokka", "Bilby", "numbat")
    said = {word: word in page_of(ada, over) for word in words}
    assert said == dict.fromkeys(words, True)
    for event in over.events.filter(kind__in=["described", "postmortem_scheduled"]):
        corrections.confirm_redaction(corrections.ask_redaction(event, by=ada, reason="Names"), by=ben)
    for end in ("/", ".md", ".json", "/schedule"):
        body = client.get(f"/incidents/{over.ref}/postmortem{end}").content.decode()
        assert [word for word in words if word in body] == [], end
    assert not any(word in str(Postmortem.objects.get().snapshot) for word in words)
    assert "A customer is out" in page_of(ada, over)


def test_a_long_story_asks_the_database_no_more_than_a_short_one(
    over: Incident, ada: User, ben: User
) -> None:
    answers.answer(over, "root_cause", by=ada, text="Because")
    due = moment.now().date() + DAY
    add_action(over, by=ada, text="A test", kind="test", owner=ben, due=due)
    page_of(ada, over)
    few = queries(over, ada)
    for number in range(4):
        transitions.note(over, by=ben, text=f"Note {number}")
        add_action(over, by=ben, text=f"Test {number}", kind="test", owner=ada, due=due)
        share_findings(over, by=ben, where="Slack")
    corrections.correct(over.events.latest("seq"), by=ada, reason="Wrong", text="Mail")
    transitions.reopen(over, by=ada, reason="Back")
    decide(over, by=User.objects.get(email="olga@example.test"), choice="mitigate", reason="First of all")
    transitions.resolve(over, by=ada)
    assert queries(over, ada) <= few


def test_two_taps_add_one_action_item(over: Incident, ada: User) -> None:
    client, here = reader(ada), f"/incidents/{over.ref}/postmortem/actions/add"
    form = client.get(here).content.decode()
    key = form.split('name="key" value="')[1].split('"')[0]
    sent = {"text": "A test", "kind": "test", "owner": ada.pk, "due": moment.now().date(), "key": key}
    assert [client.post(here, sent).status_code for _ in range(2)] == [302, 302]
    assert client.post(here, {**sent, "text": "Another"}).status_code == 302
    assert [one["text"] for one in report.read(over, moment.now())["actions"]] == ["A test", "Another"]


def queries(incident: Incident, user: User) -> int:
    client = reader(user)
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/incidents/{incident.ref}/postmortem/")
    return len(seen)
