"""The end, and when it was not the end."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident, Status
from products.models import Product
from tests.factories import make_target

pytestmark = pytest.mark.usefixtures("declared")


def test_resolving_ends_every_clock_of_the_response(incident: Incident, ada: User) -> None:
    event = transitions.resolve(incident, by=ada, text="Rolled the cache")
    assert (incident.status, incident.resolved_at) == (Status.RESOLVED, event.occurred_at)
    assert list(incident.clocks.running().values_list("key", flat=True)) == ["postmortem"]


def test_mitigating_stops_the_response_and_goes_on_watching(incident: Incident, ada: User) -> None:
    event = transitions.mitigate(incident, by=ada, text="Feature switched off")
    assert incident.status == Status.MONITORING
    assert incident.clocks.get(key="response").stopped_at == event.occurred_at


def test_it_is_resolved_once(incident: Incident, ada: User, ben: User) -> None:
    transitions.resolve(incident, by=ada)
    with pytest.raises(TooLate):
        transitions.resolve(incident, by=ben)


def test_reopening_starts_the_promise_anew(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada)
    event = transitions.reopen(incident, by=ada, reason="It is back")
    assert (incident.status, incident.resolved_at) == (Status.ACTIVE, None)
    response = incident.clocks.filter(key="response").order_by("-cycle").first()
    assert response is not None
    assert (response.cycle, response.started_at, response.stopped_at) == (2, event.occurred_at, None)
    assert incident.clocks.filter(key="acknowledged").count() == 1


def test_reopening_needs_a_reason(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada)
    with pytest.raises(ValidationError):
        transitions.reopen(incident, by=ada, reason=" ")


def test_the_database_keeps_one_open_incident_per_target(product: Product) -> None:
    target = make_target(product)
    declare(product, by=None, title="Down", target=target)
    with pytest.raises(IntegrityError, match="one_open_incident_per_target"):
        declare(product, by=None, title="Down again", target=target)


def test_reopening_beside_another_open_one_of_the_monitor_is_told_kindly(product: Product, ada: User) -> None:
    target = make_target(product)
    first = declare(product, by=None, title="Down", target=target)
    transitions.resolve(first, by=ada)
    second = declare(product, by=None, title="Down again", target=target)
    with pytest.raises(ValidationError, match=second.ref):
        transitions.reopen(first, by=ada, reason="It is back")


def test_the_sum_of_a_reopened_clock_names_the_reopening(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="Down again")
    clock = incident.clocks.get(key="response", cycle=2)
    assert clock.sum(moment.now())[0].endswith(", at “Reopened”.")
