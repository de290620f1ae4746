"""The alerts of a duplicate go on in the incident that it is a duplicate of."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from incidents.lifecycle import exits
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from monitoring.alerts.sources import connect
from monitoring.models import Alert, AlertSource
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.monitoring.alerts.conftest import send, story

FIRES = {"key": "cart", "title": "Slow cart", "severity": "high"}
OVER = FIRES | {"status": "resolved"}


@pytest.fixture
def ada(product: Product) -> User:
    ada = make_user(name="Ada")
    join(ada, product.team, "manager")
    return ada


@pytest.fixture
def script(product: Product) -> AlertSource:
    return connect(product, by=None, tool="generic")


def other(product: Product, by: User, **facts: object) -> Incident:
    severity = product.severities().get(key="CRITICAL")
    return declare(product, by=by, title="Database hangs", severity=severity, **facts)  # type: ignore[arg-type]


def test_what_fires_anew_joins_the_last_of_a_chain_of_another_product_too(
    script: AlertSource, product: Product, ada: User
) -> None:
    send(script, FIRES)
    first = Incident.objects.get()
    middle, last = other(product, ada), other(make_product(product.team, name="Database"), ada)
    exits.mark_duplicate(first, by=ada, of=middle)
    exits.mark_duplicate(middle, by=ada, of=last)
    send(script, OVER, FIRES)
    assert (Incident.objects.count(), Alert.objects.get().incident) == (3, last.ref)
    told = last.events.filter(kind="alert_received").order_by("seq").select_related("payload")
    assert [event.data["state"] for event in told] == ["resolved", "firing"]
    client = Client()
    client.force_login(ada)
    assert "Slow cart" in client.get(last.get_absolute_url()).content.decode()


def test_where_the_original_is_closed_another_one_opens(
    script: AlertSource, product: Product, ada: User
) -> None:
    send(script, FIRES)
    first, original = Incident.objects.get(), other(product, ada)
    exits.mark_duplicate(first, by=ada, of=original)
    Incident.objects.filter(pk=original.pk).update(status="closed")
    send(script, OVER, FIRES)
    newest = Incident.objects.latest("pk")
    assert (story(newest), Alert.objects.get().incident) == (["declared", "alert_received"], newest.ref)
    assert newest.pk not in (first.pk, original.pk)


def test_a_private_one_hears_nothing(script: AlertSource, product: Product, ada: User) -> None:
    send(script, FIRES)
    hidden = other(product, ada, private=True)
    exits.mark_duplicate(Incident.objects.earliest("pk"), by=ada, of=hidden)
    send(script, OVER, FIRES)
    assert ("alert_received" in story(hidden), Alert.objects.get().incident) == (False, "INC-3")
