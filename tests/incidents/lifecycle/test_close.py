"""Closing waits for the clocks that hold it (A34, K61, K98): says which one, and until when."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from foundation import moment
from incidents.lifecycle import closing, lifecycle, transitions
from incidents.lifecycle.closing import Held
from incidents.lifecycle.lifecycle import Step, TooLate
from incidents.models import OPEN, Clock, Incident, Status
from incidents.work.report import report
from tests.factories import join, make_user

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture
def watched(incident: Incident, ada: User) -> Incident:
    """Resolved, with Krow's two hours of watching under way."""
    lifecycle.perform(incident, Step("smoke_passed", OPEN), by=ada)
    transitions.resolve(incident, by=ada)
    return incident


def _older(clock: Clock, by: timedelta) -> None:
    Clock.objects.filter(pk=clock.pk).update(started_at=clock.started_at - by)


def test_what_is_resolved_is_closed(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada)
    event = closing.close(incident, by=ada, text="Written down")
    assert (incident.status, event.kind, event.text) == (Status.CLOSED, "closed", "Written down")
    # What is due afterwards goes on.
    assert list(incident.clocks.running().values_list("key", flat=True)) == ["postmortem"]


def test_what_is_open_is_not_closed_and_nothing_is_closed_twice(incident: Incident, ada: User) -> None:
    for _ in range(2):
        with pytest.raises(TooLate):
            closing.close(incident, by=ada)
        transitions.resolve(incident, by=ada) if incident.is_open else None
        closing.close(incident, by=ada) if incident.status == Status.RESOLVED else None
    assert incident.events.filter(kind="closed").count() == 1


def test_two_hours_of_watching_hold_it(watched: Incident, ada: User) -> None:
    """K61, K98: the sentence names the clock, what is left, and the time in the team's zone."""
    with pytest.raises(Held) as held:
        closing.close(watched, by=ada)
    due = watched.clocks.get(key="watch").due_at
    assert due is not None
    said = held.value.messages[0]
    assert said.startswith(
        ("“Watch” is not over: 1 h 59 min to go, until ", "“Watch” is not over: 2 h to go")
    )
    assert f"{due:%d %b %H:%M} UTC" in said
    watched.refresh_from_db()
    assert watched.status == Status.RESOLVED


def test_once_waited_out_it_holds_until_the_watch_says_that_it_is_over(watched: Incident, ada: User) -> None:
    """Time alone is no watch: what nobody looked at is not known to be well (K61)."""
    clock = watched.clocks.get(key="watch")
    Clock.objects.filter(pk=clock.pk).update(
        due_at=moment.now(), started_at=moment.now() - timedelta(hours=3)
    )
    with pytest.raises(Held) as held:
        closing.close(watched, by=ada)
    assert held.value.messages == [
        "“Watch” has run for its time, but not all of it was watched. See the watch, or waive it with a reason."
    ]
    report(watched, "watch_met", by=ada)
    closing.close(watched, by=ada)
    assert watched.status == Status.CLOSED


def test_waived_it_holds_no_more(watched: Incident, ada: User) -> None:
    watched.clocks.filter(key="watch").update(waived_at=moment.now())
    closing.close(watched, by=ada)
    assert watched.status == Status.CLOSED


def test_a_watch_that_ended_too_early_still_holds_and_a_new_one_counts(watched: Incident, ada: User) -> None:
    watched.clocks.filter(key="watch").update(stopped_at=moment.now())
    with pytest.raises(Held) as held:
        closing.close(watched, by=ada)
    assert held.value.messages == ["“Watch” was ended too early. Watch again, or waive it with a reason."]


@pytest.mark.parametrize(
    ("subject", "facts", "holding"),
    [
        ("", {}, ["RB-1"]),
        ("HF-1", {"takes_back": "HF-1"}, ["RB-1"]),
        ("HF-2", {"takes_back": "HF-1"}, ["HF-2", "RB-1"]),
        ("", {"halted": True}, ["", "RB-1"]),
    ],
)
def test_what_was_taken_back_is_waited_for_no_more(
    watched: Incident, ada: User, subject: str, facts: dict[str, Any], holding: list[str]
) -> None:
    """Its watch failed and cannot be done again; that of what runs again holds. A halt leaves it with who has it."""
    clocks = watched.clocks.filter(key="watch")
    clocks.update(stopped_at=moment.now(), subject=subject)
    assert [hold.clock.subject for hold in closing.holds(watched, moment.now())] == [subject]
    lifecycle.perform(watched, Step("rolled_back", (Status.RESOLVED,)), by=ada, subject="RB-1", **facts)
    own = clocks.get()
    own.pk, own.subject, own.stopped_at = None, "RB-1", None
    own.save()
    assert [hold.clock.subject for hold in closing.holds(watched, moment.now())] == holding


def test_a_limit_that_holds_asks_only_that_the_thing_is_done(watched: Incident, ada: User) -> None:
    watched.clocks.filter(key="watch").update(holds=[])
    clock = watched.clocks.get(key="postmortem")
    Clock.objects.filter(pk=clock.pk).update(holds=["close"])
    with pytest.raises(Held) as held:
        closing.close(watched, by=ada)
    assert held.value.messages == [
        "“Schedule the postmortem” still runs. Do what it asks for, or waive it with a reason."
    ]
    _older(clock, timedelta(days=9))
    Clock.objects.filter(pk=clock.pk).update(stopped_at=moment.now(), breached_at=moment.now())
    closing.close(watched, by=ada)
    assert watched.status == Status.CLOSED


def test_the_page_says_so_before_and_after(watched: Incident, ada: User) -> None:
    client = Client()
    client.force_login(ada)
    assert "“Watch” is not over" in client.get(f"/incidents/{watched.ref}/").content.decode()
    assert "“Watch” is not over" in client.get(f"/incidents/{watched.ref}/close").content.decode()
    answer = client.post(f"/incidents/{watched.ref}/close", {"text": "kept words"})
    page = answer.content.decode()
    assert (answer.status_code, page.count("“Watch” is not over"), "kept words" in page) == (422, 1, True)


def test_what_was_closed_is_reopened(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada)
    closing.close(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="It is back")
    assert incident.status == Status.ACTIVE


def test_the_form_does_not_say_that_nothing_is_left_while_a_clock_holds_it(
    watched: Incident, ada: User
) -> None:
    """Who may waive it is named."""
    join(make_user("mona@example.test"), watched.product.team, Role.MANAGER)
    client = Client()
    client.force_login(ada)
    page = client.get(f"/incidents/{watched.ref}/close").content.decode()
    assert "Nothing is left to watch." not in page
    assert "These people may waive it: " in page
    assert "Mona" in page
    watched.clocks.update(holds=[])
    assert "Nothing is left to watch." in client.get(f"/incidents/{watched.ref}/close").content.decode()
