"""What a verb asks of the database, it asks once: a tap at 3 a.m. waits for every statement."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from foundation import moment
from incidents.lifecycle import sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident
from products.models import Product
from tests.factories import join, make_user

type Verb = Callable[[Incident, User, Product], object]


def lower(incident: Incident, by: User, product: Product) -> None:
    other = product.severities().exclude(pk=incident.severity_id).order_by("position")[0]
    transitions.change_severity(incident, by=by, severity=other, reason="There is a workaround")


def run_out(incident: Incident, by: User, product: Product) -> None:
    # What had run out before anybody knew of it is told with the opening.
    past = moment.now() - timedelta(hours=1)
    Incident.objects.filter(pk=incident.pk).update(detected_at=past, declared_at=past)
    clocks = Clock.objects.running().filter(incident=incident)
    assert clocks.update(due_at=moment.now() - timedelta(seconds=1)) > 1
    assert sweep.breach_due() > 1


# The verb, and with how many statements at most (the incident itself is read before).
VERBS: list[tuple[Verb, int]] = [
    (lambda incident, by, product: declare(product, by=by, title="Down", severity=incident.severity), 23),
    (lambda incident, by, product: transitions.acknowledge(incident, by=by), 12),
    (lambda incident, by, product: transitions.note(incident, by=by, text="Looking"), 9),
    (lower, 19),
    (run_out, 36),
    (lambda incident, by, product: transitions.mitigate(incident, by=by), 14),
    (lambda incident, by, product: transitions.resolve(incident, by=by), 29),
]


@pytest.mark.parametrize(
    ("verb", "most"),
    VERBS,
    ids=["declare", "acknowledge", "note", "change_severity", "breach", "mitigate", "resolve"],
)
def test_nothing_is_asked_twice(
    verb: Verb, most: int, incident: Incident, product: Product, ada: User
) -> None:
    join(make_user("ben@example.test"), product.team)
    with CaptureQueriesContext(connection) as asked:
        verb(Incident.objects.get(pk=incident.pk), ada, product)
    reads = Counter(
        one["sql"] for one in asked if one["sql"].startswith("SELECT") and "_timestamp()" not in one["sql"]
    )
    assert [sql for sql, times in reads.items() if times > 1] == []
    assert len(asked) <= most
