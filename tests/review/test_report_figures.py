"""The report's spans are cut as the timeline cuts them, and say what did not count."""

from datetime import timedelta

from django.test import Client
from django.utils.html import strip_tags

from accounts.models import User
from foundation import moment
from incidents.clocks.clocks import span
from incidents.clocks.verbs import pause_clock
from incidents.lifecycle import transitions
from incidents.models import Incident
from incidents.sentences.sentences import sentence
from incidents.timeline.story import story
from incidents.work.report import report
from review import answers, evidence, figures
from review.documents import questions


def test_a_span_is_the_same_in_report_and_timeline(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada, at=incident.detected_at + timedelta(seconds=316.7))
    shown = {one["key"]: one["text"] for one in figures.durations(incident, story(incident))}
    assert shown["resolved"] == "5 min 16 s" == span(incident.events.get(kind="resolved").data["after_s"])


def test_a_clock_that_stood_still_does_not_look_simply_kept(incident: Incident, ada: User) -> None:
    pause_clock(incident, "total", by=ada, reason="Waiting for the provider")
    clock = incident.clocks.get(key="total")
    transitions.resolve(incident, by=ada)
    clock.refresh_from_db()
    opened = moment.now() - timedelta(seconds=96)
    clock.stopped_at = opened + timedelta(seconds=96)
    clock.started_at, clock.pauses = opened - timedelta(seconds=220), [[opened.isoformat(), None]]
    assert evidence._clock(clock, moment.now())["took"] == "3 min 40 s, stood still for 1 min 36 s"


def test_a_time_to_wait_out_is_no_limit(incident: Incident, ada: User) -> None:
    """K61, K98: two hours at least, not less than two hours."""
    report(incident, "deployed", by=ada)
    report(incident, "smoke_passed", by=ada)
    watch = incident.clocks.get(key="watch")
    assert evidence._clock(watch, moment.now())["target"] == "at least 2 h"


def test_what_follows_from_a_decision_or_an_answer_is_not_a_person_s_word(
    incident: Incident, ada: User
) -> None:
    begun = incident.events.select_related("payload", "actor").get(kind="hotfix_started")
    assert (begun.source, strip_tags(sentence(begun)).split(" (")[0]) == (
        "nightdesk",
        "Hotfix started, by deciding",
    )
    transitions.resolve(incident, by=ada)
    for question in questions(incident):
        answers.answer(incident, question["key"], by=ada, text="So")
    ticked = incident.events.select_related("payload", "actor").get(kind="attested")
    assert ticked.source == "nightdesk"
    assert "by the last answer of the report" in strip_tags(sentence(ticked))


def test_a_clock_without_a_limit_keeps_no_promise(incident: Incident, ada: User, client: Client) -> None:
    clock = incident.clocks.get(key="total")
    clock.target, clock.target_s, clock.due_at = "no limit", None, None
    clock.save()
    transitions.resolve(incident, by=ada)
    client.force_login(ada)
    page = client.get(f"/incidents/{incident.ref}/postmortem/").text
    fold = next(one for one in page.split("<details") if "no limit" in one)
    assert ("Total" in fold, "kept" in strip_tags(fold)) == (True, False)
