"""Answers that lose nothing, a meeting that stops its clock, a review that freezes, action items (K116, K118–K131)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation import moment
from foundation.written import utc
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Box, Incident
from incidents.timeline import corrections
from products.models import Product
from review import action_items, answers, evidence, report
from review.due import standing
from review.models import ActionState, Answer, Postmortem
from review.refusals import ActionChanged, AnswerChanged, Frozen, Refused
from review.reviewing import reopen_report, review, seen
from review.schedule_postmortem import schedule_postmortem
from tests.factories import make_product
from tests.review.conftest import DAY, KEYS, House, reader, resolved_house


@pytest.fixture(scope="module", autouse=True)
def house(undone: None) -> House:
    return resolved_house()


def answer_all(incident: Incident, by: User) -> None:
    for key in KEYS:
        answers.answer(incident, key, by=by, text=f"Because of {key}")


def test_looking_at_a_report_makes_no_row(over: Incident) -> None:
    report.read(over, moment.now())
    assert Postmortem.objects.count() == 0


def test_two_people_never_overwrite_each_other(over: Incident, ada: User, ben: User) -> None:
    answers.answer(over, "root_cause", by=ada, text="A null site")
    with pytest.raises(AnswerChanged) as refused:
        answers.answer(over, "root_cause", by=ben, text="A missing guard")
    theirs = refused.value.theirs
    assert theirs is not None
    assert (theirs.text, refused.value.words) == ("A null site", "Ada has written another answer meanwhile.")
    made = answers.answer(
        over, "root_cause", by=ben, text="A missing guard", seen=answers.seen("A null site")
    )
    assert made.number == 2
    assert list(Answer.objects.values_list("text", flat=True)) == ["A null site", "A missing guard"]


def test_saving_while_typing_is_one_wording_and_deleting_keeps_the_longer_one(
    over: Incident, ada: User
) -> None:
    text = ""
    for more in ("A", "A null", "A null site", ""):
        answers.answer(over, "root_cause", by=ada, text=more, seen=answers.seen(text))
        text = more
    assert list(Answer.objects.values_list("text", flat=True)) == ["A null site", ""]
    assert answers.left(over, report.postmortem_of(over)) == 3


def test_an_unknown_question_is_refused(over: Incident, ada: User) -> None:
    with pytest.raises(ValidationError):
        answers.answer(over, "who_is_to_blame", by=ada, text="Nobody")


def test_incident_documented_ticks_itself_when_all_is_answered_and_opens_again(
    over: Incident, ada: User
) -> None:
    """K116, K118, K119, K120."""
    box = over.checklist.get(check_key="documented")
    assert box.state == Box.OPEN
    answer_all(over, ada)
    box.refresh_from_db()
    assert (box.state, box.done_by) == (Box.DONE, ada)
    answers.answer(over, "root_cause", by=ada, text="", seen=answers.seen("Because of root_cause"))
    box.refresh_from_db()
    assert box.state == Box.OPEN


def test_scheduling_stops_the_clock_of_krow_within_24_hours(over: Incident, ada: User) -> None:
    """K121."""
    clock = over.clocks.get(key="postmortem")
    assert (clock.target_s, standing(over, None, moment.now()).next) == (86_400, "schedule")
    when = moment.now() + DAY
    event = schedule_postmortem(
        over, by=ada, meets_at=when, attendees="All of us", link="https://call.example.test/1"
    )
    clock.refresh_from_db()
    assert (clock.stopped_by, event.text, event.kind) == (event, "All of us", "postmortem_scheduled")
    assert standing(over, report.postmortem_of(over), moment.now()).next == "answer"
    moved = schedule_postmortem(over, by=ada, meets_at=when + DAY)
    assert moved.data["was"] == utc(when)


def test_the_clock_of_archy_stops_too(ada: User, product: Product) -> None:
    """C16: a house default of 72 hours."""
    from incidents.lifecycle.declare import declare

    node = make_product(product.team, process="archy", name="Archipelago")
    made = declare(node, by=ada, title="App does not start", severity=node.severities().get(key="P1"))
    transitions.resolve(made, by=ada)
    clock = made.clocks.get(key="postmortem")
    assert (clock.target_s, clock.run.ended_at) == (259_200, None)
    schedule_postmortem(made, by=ada, meets_at=moment.now() + DAY)
    clock.refresh_from_db()
    assert clock.run.ended_at is not None


def test_a_meeting_is_refused_while_it_burns_and_at_an_impossible_time(over: Incident, ada: User) -> None:
    for when in (over.detected_at - timedelta(minutes=1), moment.now() + timedelta(days=400)):
        with pytest.raises(ValidationError):
            schedule_postmortem(over, by=ada, meets_at=when)
    with pytest.raises(ValidationError):
        schedule_postmortem(over, by=ada, meets_at=moment.now(), link="javascript:alert(1)")
    transitions.reopen(over, by=ada, reason="Back again")
    with pytest.raises(TooLate):
        schedule_postmortem(over, by=ada, meets_at=moment.now() + DAY)


def test_a_review_waits_for_every_answer_and_for_what_the_reviewer_has_read(
    over: Incident, ada: User, ben: User
) -> None:
    with pytest.raises(Refused) as refused:
        review(over, by=ben)
    assert refused.value.words == "3 questions are not answered yet."
    answer_all(over, ada)
    read = seen(over, report.postmortem_of(over))
    answers.answer(over, "root_cause", by=ada, text="Else", seen=answers.seen("Because of root_cause"))
    with pytest.raises(ValidationError):
        review(over, by=ben, seen=read)


def test_who_is_told_to_read_again_can_then_review(over: Incident, ada: User, ben: User) -> None:
    answer_all(over, ada)
    read = seen(over, report.postmortem_of(over))
    answers.answer(over, "root_cause", by=ada, text="Else", seen=answers.seen("Because of root_cause"))
    theirs, here = reader(ben), f"/incidents/{over.ref}/postmortem/review"
    refused = theirs.post(here, {"seen": read})
    assert (refused.status_code, "Read it again." in refused.content.decode()) == (422, True)
    again = refused.content.decode().split('name="seen" value="')[1].split('"')[0]
    assert theirs.post(here, {"seen": again}).status_code == 302
    assert Postmortem.objects.get().is_reviewed


def test_a_review_freezes_and_its_digest_is_in_the_chain(over: Incident, ada: User, ben: User) -> None:
    answer_all(over, ada)
    event = review(over, by=ben, seen=seen(over, report.postmortem_of(over)))
    kept = Postmortem.objects.get()
    assert evidence.digest(kept.snapshot or {}) == kept.digest == event.data["digest"]
    assert (event.data["own"], event.data["wrote"]) == ("", "Ada")
    with pytest.raises(Frozen):
        answers.answer(over, "root_cause", by=ada, text="Else", seen=answers.seen("Because of root_cause"))
    with pytest.raises(TooLate):
        review(over, by=ada)
    transitions.describe(over, by=ada, title="Another title")
    shown = report.read(Incident.objects.for_page().get(), moment.now())
    assert (shown["incident"]["title"], shown["review"]["whole"]) == ("Sign-in fails", True)


def test_a_later_correction_is_told_next_to_what_was_reviewed(over: Incident, ada: User, ben: User) -> None:
    answer_all(over, ada)
    review(over, by=ben)
    note = over.events.filter(kind="noted").earliest("seq")
    made = corrections.correct(note, by=ada, reason="Typing error", text="The guard is missing.")
    shown = report.read(Incident.objects.for_page().get(), moment.now())
    entry = next(one for one in shown["timeline"] if one["seq"] == note.seq)
    assert (entry["text"], entry["later"]["text"]) == ("The guard is **null**.", "The guard is missing.")
    assert [one["seq"] for one in shown["since_review"]] == [made.seq]


def test_who_wrote_and_reviewed_alone_is_shown_as_such(over: Incident, ada: User) -> None:
    answer_all(over, ada)
    assert review(over, by=ada).data["own"] == "all"


def test_opened_again_it_says_why_and_can_be_changed(over: Incident, ada: User, ben: User) -> None:
    answer_all(over, ada)
    review(over, by=ben)
    event = reopen_report(over, by=ada, reason="The cause was another one")
    kept = Postmortem.objects.get()
    assert (kept.is_reviewed, kept.snapshot, event.text) == (False, None, "The cause was another one")
    answers.answer(over, "root_cause", by=ada, text="Else", seen=answers.seen("Because of root_cause"))
    assert review(over, by=ben).data["digest"] != ""


def test_clocks_that_wait_for_the_review_are_kept_as_stopped(over: Incident, ada: User, ben: User) -> None:
    version = over.process_version
    for row in version.document["clocks"]:
        if row["key"] == "postmortem":
            row["to"] = ["postmortem_published"]
    version.save(update_fields=["document"])
    answer_all(over, ada)
    review(over, by=ben)
    kept = Postmortem.objects.get().snapshot or {}
    clock = over.clocks.get(key="postmortem")
    shown = next(one for one in kept["clocks"] if one["key"] == "postmortem")
    assert (clock.stopped_at is not None, shown["sum"]) == (True, clock.sum(moment.now()))


def test_an_action_item_has_an_owner_a_day_and_a_life(over: Incident, ada: User, ben: User) -> None:
    """K125."""
    today = moment.now().date()
    item = action_items.add_action(over, by=ada, text="Add a test", kind="test", owner=ben, due=today + DAY)
    item = action_items.change_action(item, by=ada, seen=1, text="Add two tests", owner=ada)
    assert (item.text, item.owner, item.revision) == ("Add two tests", ada, 2)
    with pytest.raises(ActionChanged):
        action_items.change_action(item, by=ben, seen=1, text="Add no test")
    assert action_items.finish_action(item, by=ben).state == ActionState.DONE
    with pytest.raises(ActionChanged):
        action_items.finish_action(item, by=ada)
    assert action_items.reopen_action(item, by=ada).state == ActionState.OPEN
    with pytest.raises(ValidationError):
        action_items.drop_action(item, by=ada, reason=" ")
    dropped = action_items.drop_action(item, by=ada, reason="The page is gone")
    assert (dropped.state, dropped.reason, dropped.settled_by) == (
        ActionState.DROPPED,
        "The page is gone",
        ada,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", " "), ("text", "two\nlines"), ("kind", "magic"), ("due", DAY * -3), ("due", DAY * 4000)],
)  # fmt: skip
def test_an_action_item_that_cannot_be_is_refused(
    over: Incident, ada: User, field: str, value: object
) -> None:
    today = moment.now().date()
    facts: dict[str, Any] = {"text": "A test", "kind": "test", "owner": ada, "due": today}
    facts[field] = today + value if isinstance(value, timedelta) else value
    with pytest.raises(ValidationError):
        action_items.add_action(over, by=ada, **facts)


def test_only_who_can_read_a_private_report_may_own_something_in_it(
    private: Incident, ada: User, ben: User
) -> None:
    with pytest.raises(ValidationError):
        action_items.add_action(
            private, by=ada, text="A test", kind="test", owner=ben, due=moment.now().date()
        )
