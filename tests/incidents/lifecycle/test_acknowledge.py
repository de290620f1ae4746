"""Acknowledging: the first one wins, the others are told; it stops its own clock and no other."""

import pytest

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident

pytestmark = pytest.mark.usefixtures("declared")


def test_it_leaves_a_record_and_stops_its_clock(incident: Incident, ben: User) -> None:
    event = transitions.acknowledge(incident, by=ben)
    assert (event.kind, event.actor) == ("acknowledged", ben)
    clock = incident.clocks.get(key="acknowledged")
    assert (clock.stopped_at, clock.stopped_by) == (event.occurred_at, event)
    assert incident.acknowledged_at == event.occurred_at


def test_a_thumb_does_not_turn_the_promise_green_c14(incident: Incident, ben: User) -> None:
    transitions.acknowledge(incident, by=ben)
    assert incident.clocks.get(key="response").stopped_at is None


def test_the_slower_one_is_told_who_was_faster(incident: Incident, ada: User, ben: User) -> None:
    transitions.acknowledge(incident, by=ada)
    with pytest.raises(TooLate) as late:
        transitions.acknowledge(incident, by=ben)
    assert late.value.last is not None
    assert (late.value.last.kind, late.value.last.actor) == ("acknowledged", ada)
    assert incident.events.filter(kind="acknowledged").count() == 1


def test_a_resolved_incident_needs_no_acknowledgement(incident: Incident, ada: User, ben: User) -> None:
    transitions.resolve(incident, by=ada)
    with pytest.raises(TooLate) as late:
        transitions.acknowledge(incident, by=ben)
    assert late.value.last is not None
    assert late.value.last.kind == "resolved"
