"""Two people press Send at once, on the page and by the reminder's link: one leaves, the other is told (K65)."""

from collections import Counter

import pytest

from accounts.models import User
from incidents.lifecycle.declare import declare
from incidents.messages import rhythm, sending, updates
from incidents.messages.messages import SentAlready
from incidents.models import Incident
from notifications.models import Delivery
from products.models import Product
from tests.incidents.lifecycle.test_races import people as people
from tests.incidents.lifecycle.test_races import together
from tests.incidents.telling_people import channel, deployed, view

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_many_sends_it_and_the_others_are_told(people: tuple[Product, list[User]]) -> None:
    product, users = people
    to = channel(product, users[0], "Status list", users=True)
    incident = declare(product, by=users[0], title="Sign-in fails")
    deployed(incident, users[0])
    seen = view(incident).digest
    outcomes = together(
        lambda n: sending.send(
            Incident.objects.get(pk=incident.pk), "deployed", by=users[n % 2], channels=[to.pk], seen=seen
        ),
        12,
    )
    assert outcomes == Counter({"won": 1, SentAlready.__name__: 11})
    assert Delivery.objects.filter(key="message").count() == 1
    assert incident.events.filter(kind="message_sent").count() == 1


def test_two_tickers_remind_once(people: tuple[Product, list[User]]) -> None:
    product, users = people
    incident = declare(
        product, by=users[0], title="Sign-in fails", severity=product.severities().get(key="CRITICAL")
    )
    Incident.objects.filter(pk=incident.pk).update(remind_at=incident.declared_at)
    assert together(lambda _n: rhythm.remind_due(), 8) == Counter({"won": 8})
    told = Delivery.objects.filter(key="update_due", route="inapp")
    assert sorted(told.values_list("recipient", flat=True)) == sorted(f"user:{user.pk}" for user in users)
    assert together(lambda n: updates.update(incident, by=users[n % 2], text=f"Going on {n}"), 4)["won"] == 4
