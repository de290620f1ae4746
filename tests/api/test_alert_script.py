"""One incident from the alert to the release, as a script does it with the page docs/api.md alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hotfixes.lifecycle.start import adopt
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import make_user

ALERT = {"title": "Shifts are empty", "product": "staff-mobile"}


@pytest.fixture
def night(product: Product, script_of: Callable[..., Script]) -> Script:
    product.version = "0.1.0"
    product.save(update_fields=["version"])
    root = make_user("root@example.test", is_administrator=True)
    return script_of(root, "read", "incidents", "hotfixes", "decide", "ingest", products=("staff-mobile",))


def kinds(script: Script, path: str) -> list[str]:
    return [one["kind"] for one in script.get(f"{path}/timeline")["items"]]


def test_from_the_alert_to_the_release(night: Script) -> None:
    path = f"/incidents/{night.post('/incidents', ALERT, status=201)['ref']}"
    night.post(f"{path}/note", {"text": "Alert 4711: no shift since 02:10"}, Idempotency_Key="alert-4711")
    night.post(f"{path}/change_severity", {"severity": "high", "reason": "One region"})
    night.post(f"{path}/decision", {"choice": "hotfix", "reason": "One line, tests green"}, status=201)
    adopt()
    made: dict[str, Any] = night.get(f"/hotfixes?incident={path[-5:]}")["items"][0]
    assert (made["ref"], made["new_version"]) == ("HF-1", "0.1.1")
    sent = {"product": "staff-mobile", "environment": "production", "version": "0.1.1", "status": "succeeded"}
    assert night.post("/deployments", sent, status=201)["hotfix"] == "HF-1"
    assert night.post(f"{path}/resolve", {"text": "0.1.1 shows them"})["status"] == "resolved"


def test_the_severity_that_is_proposed_already_is_confirmed_by_it(night: Script) -> None:
    """Without one it opens at the worst: a script that then sets the worst means that it is right."""
    path = f"/incidents/{night.post('/incidents', ALERT, status=201)['ref']}"
    sent = {"severity": "critical", "reason": "Nobody sees a shift"}
    told = night.post(f"{path}/change_severity", sent)
    assert (told["status"], told["severity"]) == ("active", "CRITICAL")
    assert kinds(night, path)[-1] == "severity_confirmed"
    assert night.get(f"{path}/timeline")["items"][-1]["text"] == "Nobody sees a shift"
    assert problem(night("POST", f"{path}/change_severity", sent), 422)["detail"] == "It is CRITICAL already."
