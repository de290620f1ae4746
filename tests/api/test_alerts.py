"""Alert sources and alerts by script: keys told once, lists by state, names as in docs/api.md."""

from __future__ import annotations

from incidents.lifecycle import alerting
from incidents.models import Incident
from monitoring.alerts.sources import key_of
from monitoring.models import AlertSource
from products.models import Product
from tests.api.conftest import Script, problem
from tests.monitoring.alerts.conftest import send

NEW = {"tool": "generic", "product": "staff-mobile", "name": "Cron", "environment": "production"}


def test_a_source_is_connected_changed_and_its_key_told_once(script: Script, product: Product) -> None:
    made = script.post("/alert_sources", NEW, status=201)
    source = AlertSource.objects.get()
    assert (made["slug"], made["key"], made["environment"]) == ("cron", key_of(source), "production")
    assert made["send_to"] == f"http://localhost:8000/in/generic/{made['key']}"
    assert [script.get("/alert_sources/cron")[name] for name in ("key", "send_to")] == [None, None]
    changed = script(
        "PATCH", "/alert_sources/cron", {"severities": {"Page": "critical"}, "environment": ""}
    ).json()
    assert (changed["severities"], changed["environment"]) == ({"page": "critical"}, None)
    assert script.post("/alert_sources/cron/rotate_key")["key"] != made["key"]
    assert script.post("/alert_sources/cron/disable")["enabled"] is False
    script.post("/alert_sources/cron/archive")
    assert (
        script.get("/alert_sources")["items"],
        len(script.get("/alert_sources?archived=true")["items"]),
    ) == ([], 1)


def test_what_cannot_be_is_said_at_its_field(script: Script, product: Product) -> None:
    for field, value in (("severity", "urgent"), ("severities", {"page": "urgent"}), ("environment", "moon")):
        told = problem(script("POST", "/alert_sources", {**NEW, field: value}), 422)
        assert [error["field"] for error in told["errors"]] == [field]


def test_alerts_are_listed_by_state(script: Script, product: Product) -> None:
    script.post("/alert_sources", NEW, status=201)
    source = AlertSource.objects.get()
    send(
        source, {"title": "Full", "severity": "high"}, [{"title": "Slow"}, {"title": "Slow", "status": "ok"}]
    )
    fires = script.get("/alerts?state=firing")["items"]
    assert [(one["title"], one["incident"], one["severity"], one["count"]) for one in fires] == [
        ("Full", Incident.objects.get().ref, "high", 1)
    ]
    assert [one["title"] for one in script.get("/alerts?state=resolved&source=cron")["items"]] == ["Slow"]
    assert [one["title"] for one in script.get("/alerts?q=cron+ull")["items"]] == ["Full"]
    for wrong in ("state", "source", "product"):
        assert problem(script("GET", f"/alerts?{wrong}=odd"), 422)["errors"][0]["field"] == wrong


def test_an_alert_is_ended_once_by_token(script: Script, product: Product) -> None:
    script.post("/alert_sources", NEW, status=201)
    send(AlertSource.objects.get(), {"title": "Full", "severity": "high"})
    pk = script.get("/alerts")["items"][0]["id"]
    ended, again = script.post(f"/alerts/{pk}/end"), script.post(f"/alerts/{pk}/end")
    assert (ended["state"], ended["ended_by"], again) == ("resolved", "Ada (by token deploy-bot)", ended)
    alerting.take_in()
    event = Incident.objects.get().events.latest("seq")
    assert (event.kind, event.source, event.actor_label) == ("alert_received", "token", ended["ended_by"])
