"""Closing waits for the clocks that hold it (A34, K61, K98): says which one, and until when."""

import re
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
from products.models import Product
from tests.factories import join, make_user
from tests.incidents.conftest import House, begin

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture(scope="module")
def declared(house: House) -> Incident:
    """Resolved, with Krow's two hours of watching under way."""
    incident = begin(house.product, house.ada)
    lifecycle.perform(incident, Step("smoke_passed", OPEN), by=house.ada)
    transitions.resolve(incident, by=house.ada)
    return incident


@pytest.fixture
def fresh(product: Product, ada: User) -> Incident:
    return begin(product, ada)


def _older(clock: Clock, by: timedelta) -> None:
    Clock.objects.filter(pk=clock.pk).update(started_at=clock.started_at - by)


def test_what_is_resolved_is_closed(fresh: Incident, ada: User) -> None:
    transitions.resolve(fresh, by=ada)
    event = closing.close(fresh, by=ada, text="Written down")
    assert (fresh.status, event.kind, event.text) == (Status.CLOSED, "closed", "Written down")
    # What is due afterwards goes on.
    assert list(fresh.clocks.running().values_list("key", flat=True)) == ["postmortem"]


def test_what_is_open_is_not_closed_and_nothing_is_closed_twice(fresh: Incident, ada: User) -> None:
    for _ in range(2):
        with pytest.raises(TooLate):
            closing.close(fresh, by=ada)
        transitions.resolve(fresh, by=ada) if fresh.is_open else None
        closing.close(fresh, by=ada) if fresh.status == Status.RESOLVED else None
    assert fresh.events.filter(kind="closed").count() == 1


def test_two_hours_of_watching_hold_it(incident: Incident, ada: User) -> None:
    """K61, K98: the sentence names the clock, what is left, and the time in the team's zone."""
    with pytest.raises(Held) as held:
        closing.close(incident, by=ada)
    due = incident.clocks.get(key="watch").due_at
    assert due is not None
    said = held.value.messages[0]
    assert re.match(r"“Watch” is not over: (2 h|1 h 5[89] min) to go, until ", said), said
    assert f"{due:%d %b %H:%M} UTC" in said
    incident.refresh_from_db()
    assert incident.status == Status.RESOLVED


def test_once_waited_out_it_holds_until_the_watch_says_that_it_is_over(incident: Incident, ada: User) -> None:
    """Time alone is no watch: what nobody looked at is not known to be well (K61)."""
    clock = incident.clocks.get(key="watch")
    Clock.objects.filter(pk=clock.pk).update(
        due_at=moment.now(), started_at=moment.now() - timedelta(hours=3)
    )
    with pytest.raises(Held) as held:
        closing.close(incident, by=ada)
    assert held.value.messages == [
        "“Watch” has run for its time, but not all of it was watched. See the watch, or waive it with a reason."
    ]
    report(incident, "watch_met", by=ada)
    closing.close(incident, by=ada)
    assert incident.status == Status.CLOSED


def test_waived_it_holds_no_more(incident: Incident, ada: User) -> None:
    incident.clocks.filter(key="watch").update(waived_at=moment.now())
    closing.close(incident, by=ada)
    assert incident.status == Status.CLOSED


def test_a_watch_that_ended_too_early_still_holds_and_a_new_one_counts(incident: Incident, ada: User) -> None:
    incident.clocks.filter(key="watch").update(stopped_at=moment.now())
    with pytest.raises(Held) as held:
        closing.close(incident, by=ada)
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
    incident: Incident, ada: User, subject: str, facts: dict[str, Any], holding: list[str]
) -> None:
    """Its watch failed and cannot be done again; that of what runs again holds. A halt leaves it with who has it."""
    clocks = incident.clocks.filter(key="watch")
    clocks.update(stopped_at=moment.now(), subject=subject)
    assert [hold.clock.subject for hold in closing.holds(incident, moment.now())] == [subject]
    lifecycle.perform(incident, Step("rolled_back", (Status.RESOLVED,)), by=ada, subject="RB-1", **facts)
    own = clocks.get()
    own.pk, own.subject, own.stopped_at = None, "RB-1", None
    own.save()
    assert [hold.clock.subject for hold in closing.holds(incident, moment.now())] == holding


def test_a_limit_that_holds_asks_only_that_the_thing_is_done(incident: Incident, ada: User) -> None:
    incident.clocks.filter(key="watch").update(holds=[])
    clock = incident.clocks.get(key="postmortem")
    Clock.objects.filter(pk=clock.pk).update(holds=["close"])
    with pytest.raises(Held) as held:
        closing.close(incident, by=ada)
    assert held.value.messages == [
        "“Schedule the postmortem” still runs. Do what it asks for, or waive it with a reason."
    ]
    _older(clock, timedelta(days=9))
    Clock.objects.filter(pk=clock.pk).update(stopped_at=moment.now(), breached_at=moment.now())
    closing.close(incident, by=ada)
    assert incident.status == Status.CLOSED


def test_the_page_says_so_before_and_after(incident: Incident, ada: User) -> None:
    client = Client()
    client.force_login(ada)
    assert "“Watch” is not over" in client.get(f"/incidents/{incident.ref}/").content.decode()
    assert "“Watch” is not over" in client.get(f"/incidents/{incident.ref}/close").content.decode()
    answer = client.post(f"/incidents/{incident.ref}/close", {"text": "kept words"})
    page = answer.content.decode()
    assert (answer.status_code, page.count("“Watch” is not over"), "kept words" in page) == (422, 1, True)


def test_what_was_closed_is_reopened(fresh: Incident, ada: User) -> None:
    transitions.resolve(fresh, by=ada)
    closing.close(fresh, by=ada)
    transitions.reopen(fresh, by=ada, reason="It is back")
    assert fresh.status == Status.ACTIVE


def test_the_form_does_not_say_that_nothing_is_left_while_a_clock_holds_it(
    incident: Incident, ada: User
) -> None:
    """Who may waive it is named."""
    join(make_user("mona@example.test"), incident.product.team, Role.MANAGER)
    client = Client()
    client.force_login(ada)
    page = client.get(f"/incidents/{incident.ref}/close").content.decode()
    assert "Nothing is left to watch." not in page
    assert "These people may waive it: " in page
    assert "Mona" in page
    incident.clocks.update(holds=[])
    assert "Nothing is left to watch." in client.get(f"/incidents/{incident.ref}/close").content.decode()
