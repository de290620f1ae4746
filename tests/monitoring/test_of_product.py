"""The forms of monitors and of alert sources offer what the chosen product has, and nothing of another one's."""

from typing import Any

import pytest
from django.test import Client

from monitoring.models import AlertSource, Monitor
from tests.factories import make_product
from tests.monitoring.test_board import member

pytestmark = pytest.mark.django_db
MONITOR, SOURCE = "/monitoring/new/", "/alerts/new/"
KROW, ARCHY = ["", "CRITICAL", "HIGH", "MEDIUM"], ["", "P0", "P1", "P2", "P3"]


@pytest.fixture
def manager() -> Client:
    """Of Staff Mobile, which works as Krow does."""
    return member("manager")[1]


def offered(client: Client, address: str, **sent: str) -> list[Any]:
    answer = client.post(address, sent) if sent else client.get(address)
    assert answer.status_code == 200
    form = answer.context["form"]
    names = [value for value, _label in form.fields["severity"].choices]
    places = form.fields["environment"]
    return [names, [place.product.slug for place in getattr(places, "queryset", ())]]


@pytest.mark.parametrize("address", [MONITOR, SOURCE])
def test_they_are_the_chosen_products(manager: Client, address: str) -> None:
    def places(*slugs: str) -> list[str]:
        return list(slugs) if address == SOURCE else []

    assert offered(manager, address) == [KROW, places("staff-mobile")], "the only product is chosen"
    make_product(process="archy", name="Node")
    assert offered(manager, address) == [[""], []], "of two none is chosen yet"
    for slug, severities in (("staff-mobile", KROW), ("node", ARCHY)):
        assert offered(manager, f"{address}?product={slug}") == [severities, places(slug)]
        sent = {"product": slug, "name": "Kept", "look": "1"}  # without script, by its button
        assert offered(manager, address, **sent) == [severities, places(slug)]
    page = manager.post(address, sent).content.decode()
    assert ('value="Kept"' in page, Monitor.objects.count() + AlertSource.objects.count()) == (True, 0)


def test_those_of_another_product_are_refused_beside_their_field(manager: Client) -> None:
    node = make_product(process="archy", name="Node")
    sent = {
        "kind": "http", "target": "https://x.example/", "tool": "grafana", "interval_s": "60", "severity": "P0",
        "product": "staff-mobile", "environment": str(node.environments.get().pk),
    }  # fmt: skip
    severity = ["Staff Mobile has no severity “P0” in its process."]
    refused = manager.post(SOURCE, sent).context["form"].errors
    assert refused == {"severity": severity, "environment": ["Staff Mobile has no such environment."]}
    assert manager.post(MONITOR, {**sent, "environment": ""}).context["form"].errors == {"severity": severity}
