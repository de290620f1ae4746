"""What is entered afterwards rings for nobody: not in the house's health, and not for days that had passed."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from config.health import facts
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident, Mode
from incidents.timeline.corrections import correct
from products.models import Product

pytestmark = pytest.mark.usefixtures("house")


def overdue() -> int:
    with connection.cursor() as cursor:
        return facts.read(cursor, lambda: 0.0).clocks.count


@pytest.mark.parametrize(("mode", "counted"), [("live", True), ("drill", False), ("retrospective", False)])
def test_only_live_clocks_that_nobody_told_alarm_the_house(
    product: Product, ada: User, mode: str, counted: bool
) -> None:
    then = moment.now() - timedelta(days=9)
    declare(product, by=ada, title="x", severity=product.severities().first(), detected_at=then, mode=mode)
    late = Clock.objects.ticking().filter(due_at__lte=moment.now()).count()
    assert late > 0
    assert overdue() == (late if counted else 0)


@pytest.fixture
def retold(product: Product, ada: User) -> Incident:
    then = moment.now() - timedelta(days=9)
    severity = product.severities().first()
    incident = declare(
        product, by=ada, title="Old", severity=severity, detected_at=then, mode=Mode.RETROSPECTIVE
    )
    transitions.resolve(incident, by=ada, at=then + timedelta(hours=1))
    return incident


def test_what_is_due_after_a_story_told_afterwards_counts_from_the_telling(retold: Incident) -> None:
    event = retold.events.get(kind="resolved")
    after = list(retold.clocks.filter(start="resolved"))
    assert after
    assert {clock.started_at for clock in after} == {event.recorded_at}
    assert [clock.label for clock in after if clock.reading(moment.now()).state == "breached"] == []
    assert retold.resolved_at == event.occurred_at


def test_correcting_its_end_does_not_move_them(retold: Incident, ada: User) -> None:
    event = retold.events.get(kind="resolved")
    correct(event, by=ada, reason="Looked it up", occurred_at=event.occurred_at + timedelta(minutes=5))
    assert set(retold.clocks.filter(start="resolved").values_list("started_at", flat=True)) == {
        event.recorded_at
    }
