"""Monitors by script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from foundation import moment
from monitoring.models import Monitor, StatusChange, Target
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_monitor, make_product, make_team, make_user

NEW = {
    "name": "Checkout",
    "product": "staff-mobile",
    "kind": "http",
    "target": "https://shop.example.test/health",
}
SHAPE = {
    "slug", "name", "product", "kind", "target", "interval_s", "retry_s", "fail_after", "recover_after", "expect",
    "mapping", "opens_incident", "severity", "enabled", "targets", "state", "since", "last",
}  # fmt: skip


def test_adding_answers_the_monitor(script: Script) -> None:
    expect = {"status": [200, "300-399"], "body": "ok", "json": [{"path": "db", "equals": True}]}
    made = script.post(
        "/monitors", {**NEW, "severity": "critical", "expect": expect, "interval_s": 30}, status=201
    )
    assert made.keys() >= SHAPE
    assert (made["slug"], made["state"], made["severity"], made["interval_s"], made["fail_after"]) == (
        "checkout", "unknown", "CRITICAL", 30, 3,
    )  # fmt: skip
    assert made["expect"] == expect
    assert [target["state"] for target in made["targets"]] == ["unknown"]
    assert made["last"] == {"at": None, "state": "unknown", "code": "", "detail": "", "latency_ms": None}
    assert script.get("/monitors/checkout") == made


def test_a_soak_test_is_a_log_that_must_go_on_growing(script: Script) -> None:
    """A34"""
    body = {"name": "Soak test", "product": "staff-mobile", "kind": "soak"}
    made = script.post("/monitors", body, status=201)
    assert (made["kind"], made["expect"], bool(made["push_url"])) == ("soak", {"max_age_s": 3600}, True)
    assert [one["slug"] for one in script.get("/monitors?kind=soak")["items"]] == ["soak-test"]
    changed = script("PATCH", "/monitors/soak-test", {"expect": {"fails_on": "FAIL"}}).json()
    assert (changed["kind"], changed["expect"]) == ("soak", {"max_age_s": 3600, "fails_on": "FAIL"})
    slower = script.post("/monitors", {**body, "name": "Slow", "expect": {"max_age_s": 90_000}}, status=201)
    assert slower["expect"] == {"max_age_s": 90_000}


@pytest.mark.parametrize(
    ("kind", "name"),
    [("heartbeat", "Heartbeat"), ("file", "Files"), ("soak", "Soak test"), ("summary", "Summary")],
)
def test_what_waits_without_a_name_is_called_what_it_is(script: Script, kind: str, name: str) -> None:
    body = {"product": "staff-mobile", "kind": kind}
    for given in ({}, {"name": " "}):
        assert script.post("/monitors", {**body, **given}, status=201)["name"] == name


def test_the_same_key_adds_one(script: Script) -> None:
    script.post("/monitors", NEW, status=201, Idempotency_Key="m")
    script.post("/monitors", NEW, status=200, Idempotency_Key="m")
    assert Monitor.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target": "gopher://x"}, "target"),
        ({"kind": "telepathy"}, "kind"),
        ({"severity": "P0"}, "severity"),
        ({"product": "none"}, "product"),
        ({"interval_s": 0}, "interval_s"),
        ({"fail_after": 101}, "fail_after"),
        ({"expect": {"colour": "red"}}, "expect"),
        ({"kind": "summary", "expect": {"body": "ok"}}, "expect"),
        ({"expect": {"body": "a\u0000b"}}, "expect"),
        ({"mapping": "none", "kind": "summary"}, "mapping"),
        ({"mapping": {"a": 1}}, "mapping"),
        ({"name": "a\nb"}, "name"),
        ({"enabled": "no"}, "enabled"),
    ],
)
def test_what_cannot_be_is_told_by_field(script: Script, change: dict[str, object], field: str) -> None:
    told = problem(script("POST", "/monitors", {**NEW, **change}), 422)
    assert told["errors"][0]["field"].split(".")[0] == field
    assert Monitor.objects.count() == 0


def test_changing_and_the_verbs(script: Script) -> None:
    script.post("/monitors", NEW, status=201)
    changed = script("PATCH", "/monitors/checkout", {"interval_s": 120, "severity": "medium"}).json()
    assert (changed["interval_s"], changed["severity"], changed["target"]) == (120, "MEDIUM", NEW["target"])
    assert script.post("/monitors/checkout/disable")["enabled"] is False
    assert script.post("/monitors/checkout/enable")["enabled"] is True
    assert script.post("/monitors/checkout/check")["slug"] == "checkout"
    assert script.post("/monitors/checkout/archive")["archived_at"]
    assert script.get("/monitors")["items"] == []
    assert len(script.get("/monitors?archived=true")["items"]) == 1


def test_the_list_filters(script: Script, product: Product) -> None:
    for name in ("A", "B"):
        script.post("/monitors", {**NEW, "name": name}, status=201)

    def slugs(query: str) -> list[str]:
        return [each["slug"] for each in script.get(f"/monitors?{query}")["items"]]

    now = moment.now()
    Target.objects.filter(monitor__slug="b").update(
        state="down", settled="down", seen="down", fresh_until=now + timedelta(hours=1)
    )
    assert slugs("state=down,degraded") == ["b"]
    assert (slugs("state=unknown"), slugs("q=a&kind=http"), slugs("product=staff-mobile")) == (
        ["a"], ["a"], ["a", "b"],
    )  # fmt: skip
    first = script.get("/monitors?limit=1")
    assert [m["slug"] for m in script.get(f"/monitors?limit=1&cursor={first['next']}")["items"]] == ["b"]


def test_uptime_tells_the_seconds_it_stands_on(script: Script, product: Product) -> None:
    target = make_monitor(product).targets.get()
    now = moment.now()
    for hours, was, state in ((4, "unknown", "up"), (2, "up", "down"), (1, "down", "up")):
        StatusChange.objects.create(target=target, was=was, state=state, at=now - timedelta(hours=hours))
    told = script.get("/monitors/checkout/uptime?days=1")
    assert told["percent"] == pytest.approx(75, abs=0.1)
    figures = [told[name] for name in ("percent", "watched_s", "unwatched_s", "up_s", "down_s")]
    assert figures == [round(told["percent"], 3), *(round(seconds, 1) for seconds in figures[1:])]
    assert told["watched_s"] == pytest.approx(4 * 3600, abs=5)
    assert told["unwatched_s"] == pytest.approx(20 * 3600, abs=5)
    assert (told["days"], told["maintenance_s"], len(told["targets"])) == (1, 0, 1)
    assert problem(script("GET", "/monitors/checkout/uptime?days=0"), 422)["errors"] == [
        {"field": "days", "message": "must be 1, 7, 30 or 90"}
    ]


def test_other_teams_are_not_there_and_responders_only_look_again(
    script: Script, product: Product, script_of: Callable[..., Script]
) -> None:
    script.post("/monitors", NEW, status=201)
    olga, ben = make_user("olga@example.test"), make_user("ben@example.test")
    join(olga, make_product(make_team("logistics"), name="Trucks").team, "admin")
    join(ben, product.team)
    assert script_of(olga).get("/monitors")["items"] == []
    problem(script_of(olga)("GET", "/monitors/checkout"), 404)
    problem(script_of(olga)("POST", "/monitors/checkout/check"), 404)
    assert script_of(ben)("POST", "/monitors/checkout/check").status_code == 200
    problem(script_of(ben)("POST", "/monitors/checkout/archive"), 403)
    problem(script_of(ben)("POST", "/monitors", NEW), 403)
