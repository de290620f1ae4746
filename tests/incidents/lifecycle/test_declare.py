"""Declaring: clocks run from detection, whoever is not sure begins in triage at the worst severity."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation import moment
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident, Status
from products.models import Product
from tests.factories import make_product

pytestmark = pytest.mark.usefixtures("house")


def test_a_severity_from_a_person_makes_it_active(product: Product, ada: User) -> None:
    high = product.severities().get(key="HIGH")
    incident = declare(product, by=ada, title="Sign-in fails", severity=high)
    assert (incident.status, incident.severity, incident.ref) == (Status.ACTIVE, high, "INC-1")
    assert [(e.seq, e.kind, e.actor) for e in incident.events.all()] == [(1, "declared", ada)]


def test_not_sure_takes_the_worst_and_begins_in_triage(product: Product, ada: User) -> None:
    incident = declare(product, by=ada, title="Something is odd")
    assert (incident.status, incident.severity.key) == (Status.TRIAGE, "CRITICAL")


def test_both_clocks_run_from_detection_c14_k142(product: Product, ada: User) -> None:
    seen = moment.now() - timedelta(minutes=10)
    critical = product.severities().get(key="CRITICAL")
    incident = declare(product, by=ada, title="Down", severity=critical, detected_at=seen)
    clocks = {clock.key: clock for clock in incident.clocks.all()}
    assert set(clocks) >= {"acknowledged", "response"}
    assert clocks["response"].started_at == seen
    assert clocks["response"].due_at == seen + timedelta(hours=1)


def test_a_milestone_has_no_due_moment_k144(product: Product, ada: User) -> None:
    medium = product.severities().get(key="MEDIUM")
    incident = declare(product, by=ada, title="Minor", severity=medium)
    response = Clock.objects.get(incident=incident, key="response")
    assert (response.due_at, response.target, response.reading(moment.now()).state) == (
        None,
        "next release",
        "none",
    )


def test_archy_answers_within_its_own_hours_a8_a10_a12(ada: User) -> None:
    archy = make_product(process="archy", name="Archipelago")
    hours = {}
    for severity in archy.severities():
        incident = declare(archy, by=ada, title=severity.key, severity=severity)
        clock = incident.clocks.get(key="response")
        hours[severity.key] = clock.due_at and (clock.due_at - incident.detected_at) / timedelta(hours=1)
    assert hours == {"P0": 4, "P1": 24, "P2": 72, "P3": None}


def test_the_severity_of_another_process_is_refused(product: Product, ada: User) -> None:
    foreign = make_product(process="archy", name="Archipelago").severities().first()
    with pytest.raises(ValidationError) as refused:
        declare(product, by=ada, title="Down", severity=foreign)
    assert list(refused.value.message_dict) == ["severity"]
    assert Incident.objects.count() == 0


def test_a_detection_in_the_future_is_refused(product: Product, ada: User) -> None:
    with pytest.raises(ValidationError) as refused:
        declare(product, by=ada, title="Down", detected_at=moment.now() + timedelta(minutes=1))
    assert list(refused.value.message_dict) == ["detected_at"]


def test_an_archived_product_takes_no_incident(product: Product, ada: User) -> None:
    Product.objects.filter(pk=product.pk).update(archived_at=moment.now())
    product.refresh_from_db()
    with pytest.raises(ValidationError):
        declare(product, by=ada, title="Down")


def test_numbers_are_never_used_again(product: Product, ada: User) -> None:
    refs = [declare(product, by=ada, title="Down").ref for _ in range(3)]
    assert refs == ["INC-1", "INC-2", "INC-3"]
