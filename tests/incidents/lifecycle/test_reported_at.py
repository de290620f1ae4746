"""When somebody told us: said at declaring or describing, by page and API; clocks that count from it follow (K78)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product
from products.sources.import_process import import_process

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def reader(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_it_is_said_at_declaring_and_shown(reader: Client, product: Product) -> None:
    told = (moment.now() - timedelta(minutes=3)).replace(microsecond=0)
    sent = {
        "title": "Slow",
        "product": product.slug,
        "severity": "HIGH",
        "reported_at": f"{told:%Y-%m-%dT%H:%M:%S}",
    }
    assert reader.post("/declare/", sent).status_code == 302
    incident = Incident.objects.get()
    assert incident.reported_at == told
    assert "<dt>Reported</dt>" in reader.get(incident.get_absolute_url()).content.decode()


def test_describing_changes_it_and_records_old_and_new(reader: Client, incident: Incident, ada: User) -> None:
    told = moment.now() - timedelta(minutes=1)
    event = transitions.describe(incident, by=ada, reported_at=told)
    assert event
    assert event.data["changed"] == {"reported_at": [None, f"{told:%Y-%m-%d %H:%M:%S} UTC"]}
    with pytest.raises(ValidationError):
        transitions.describe(incident, by=ada, reported_at=moment.now() + timedelta(hours=1))
    # A form that nobody touched changes nothing.
    page = reader.get(f"/incidents/{incident.ref}/describe").content.decode()
    assert f'value="{told:%Y-%m-%dT%H:%M:%S}"' in page
    sent: dict[str, Any] = {"title": incident.title, "reported_at": f"{told:%Y-%m-%dT%H:%M:%S}"}
    assert reader.post(f"/incidents/{incident.ref}/describe", sent).status_code == 302
    assert incident.events.filter(kind="described").count() == 1


def test_clocks_that_count_from_it_begin_then(product: Product, ada: User) -> None:
    text = product.process.current.text  # type: ignore[union-attr]
    start = text.index("- key: response")
    changed = text[:start] + text[start:].replace("from: detected_at", "from: reported_at", 1)
    import_process(changed.encode(), name="krow.yaml", by=None)
    product = Product.objects.get(pk=product.pk)
    severity = product.severities().get(key="CRITICAL")
    incident = declare(
        product, by=ada, title="Slow", severity=severity, detected_at=moment.now() - timedelta(minutes=30)
    )
    clock = incident.clocks.get(key="response")
    assert clock.started_at == incident.detected_at
    told = moment.now() - timedelta(minutes=10)
    transitions.describe(incident, by=ada, reported_at=told)
    clock.refresh_from_db()
    assert (clock.started_at, clock.due_at) == (told, told + timedelta(hours=1))
    assert "when the problem was reported" in clock.sum(moment.now())[0]
