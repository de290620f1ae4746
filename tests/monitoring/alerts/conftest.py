"""A connected tool, and what it sends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from incidents.lifecycle import alerting
from incidents.models import Incident
from monitoring.alerts.judging import judge_due
from monitoring.alerts.sources import connect, url_of
from monitoring.models import AlertSource
from products.models import Product
from tests.factories import make_product


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


@pytest.fixture
def source(product: Product) -> AlertSource:
    return connect(product, by=None, tool="alertmanager", name="Prometheus")


def post(source: AlertSource, body: Any, **sent: Any) -> Any:
    """The answer; nothing is judged yet."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = url_of(source).removeprefix("http://localhost:8000")
    return Client().generic("POST", path, data, content_type=sent.pop("content_type", "text/plain"), **sent)


def work() -> None:
    """What the worker does of it."""
    judge_due()
    alerting.take_in()


def send(source: AlertSource, *bodies: Any) -> None:
    for body in bodies:
        assert post(source, body).status_code in (200, 202)
    work()


def group(*alerts: dict[str, Any], key: str = '{}:{alertname="Errors"}', **more: Any) -> dict[str, Any]:
    """As Alertmanager writes it."""
    status = "firing" if any(one["status"] == "firing" for one in alerts) else "resolved"
    return {
        "version": "4", "groupKey": key, "truncatedAlerts": 0, "status": status, "receiver": "nightdesk",
        "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://am:9093",
        "alerts": list(alerts), **more,
    }  # fmt: skip


def alert(name: str = "Errors", *, began: str, ended: str = "", **labels: str) -> dict[str, Any]:
    labels = {"alertname": name, **labels}
    return {
        "status": "resolved" if ended else "firing", "labels": labels,
        "annotations": {"summary": "5 % of requests fail", "description": "Since the last release."},
        "startsAt": began, "endsAt": ended or "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus:9090/graph?g0.expr=errors",
        "fingerprint": hashlib.sha256(json.dumps(labels).encode()).hexdigest()[:16],
    }  # fmt: skip


def story(incident: Incident) -> list[str]:
    return list(incident.events.order_by("seq").values_list("kind", flat=True))


type Send = Callable[..., None]
