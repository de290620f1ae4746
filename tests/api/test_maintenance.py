"""Maintenance by script: a line before a deployment, a line after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from foundation.written import utc
from monitoring.models import Monitor
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_monitor, make_product, make_team, make_user

NEW = {"product": "staff-mobile", "lasts_s": 1800, "reason": "Neue Datenbank 🛠"}


@pytest.fixture
def monitor(product: Product) -> Monitor:
    return make_monitor(product)


def test_setting_answers_the_window_and_a_resend_the_same(script: Script, monitor: Monitor) -> None:
    made = script.post("/maintenance", NEW, status=201, Idempotency_Key="deploy-812")
    assert script.post("/maintenance", NEW, Idempotency_Key="deploy-812") == made
    same = {"product": "staff-mobile", "monitors": [], "state": "active", "reason": "Neue Datenbank 🛠"}
    assert {name: made[name] for name in same} == same
    assert made["acts"] == [
        {
            "kind": "set",
            "by": "Ada (by token deploy-bot)",
            "at": made["acts"][0]["at"],
            "ends_at": made["ends_at"],
        }
    ]
    assert script.get(f"/maintenance/{made['id']}") == made
    browser = Client()
    browser.force_login(User.objects.get(email="ada@example.test"))
    for page in ("/maintenance/", f"/maintenance/{made['id']}/"):
        assert "Ada (by token deploy-bot)" in browser.get(page).text
    assert script.get("/monitors/checkout")["state"] == "maintenance"
    assert [one["slug"] for one in script.get("/monitors?state=maintenance")["items"]] == ["checkout"]


def test_its_end_moves_and_it_is_ended_once(script: Script, monitor: Monitor) -> None:
    made = script.post("/maintenance", {**NEW, "monitors": ["checkout"]}, status=201)
    place = f"/maintenance/{made['id']}"
    later = {"ends_at": utc(moment.now() + timedelta(hours=3))}
    moved = script("PATCH", place, later)
    assert (moved.status_code, moved.json()["ends_at"], moved.json()["monitors"]) == (
        200, later["ends_at"], ["checkout"],
    )  # fmt: skip
    ended = script.post(f"{place}/end")
    assert (ended["state"], [act["kind"] for act in ended["acts"]]) == ("ended", ["set", "moved", "ended"])
    assert problem(script("POST", f"{place}/end"), 409)["maintenance"]["state"] == "ended"
    problem(script("PATCH", place, later), 409)
    told = script.get("/monitors/checkout/uptime?days=1")
    assert (told["percent"], told["maintenance_s"] > 0, told["watched_s"]) == (None, True, 0)


def test_the_list_is_by_begin_and_filtered_by_what_is_planned_on_or_over(script: Script) -> None:
    now = moment.now()
    tomorrow = {"starts_at": utc(now + timedelta(days=1)), "ends_at": utc(now + timedelta(days=1, hours=1))}
    planned, cancelled, on = (
        script.post("/maintenance", body, status=201)["id"]
        for body in (
            {"product": "staff-mobile", **tomorrow},
            {"product": "staff-mobile", **tomorrow},
            NEW,
        )
    )
    assert script.post(f"/maintenance/{cancelled}/end")["state"] == "cancelled"

    def listed(asked: str) -> list[int]:
        return [one["id"] for one in script.get(f"/maintenance?{asked}")["items"]]

    assert listed("") == [cancelled, planned, on]
    assert [listed(f"state={one}") for one in ("planned", "active", "ended", "planned,active")] == [
        [planned], [on], [cancelled], [planned, on],
    ]  # fmt: skip
    first = script.get("/maintenance?limit=2&product=staff-mobile")
    assert listed(f"limit=2&product=staff-mobile&cursor={first['next']}") == [on]
    assert problem(script("GET", "/maintenance?state=on"), 422)["errors"][0]["field"] == "state"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lasts_s": 1800, "monitors": ["till"]}, "monitors"),  # of another product
        ({}, "ends_at"),
        ({"lasts_s": 59}, "lasts_s"),
        ({"lasts_s": 1800, "ends_at": "2026-11-22T04:00:00Z"}, "lasts_s"),
        ({"starts_at": "2026-11-01T04:00:00Z", "lasts_s": 1800}, "starts_at"),
        ({"lasts_s": 1800, "reason": "two\nlines"}, "reason"),
        ({"lasts_s": 1800, "product": "nothing"}, "product"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    given: dict[str, object], field: str, script: Script, product: Product
) -> None:
    make_monitor(make_product(name="Shop"), name="Till")
    told = problem(script("POST", "/maintenance", {"product": "staff-mobile", **given}), 422)
    assert [error["field"] for error in told["errors"]] == [field]


def test_of_another_team_there_is_none(script: Script, script_of: Callable[..., Script]) -> None:
    made = script.post("/maintenance", NEW, status=201)
    eve = make_user("eve@example.test")
    join(eve, make_team("other"), "admin")
    other = script_of(eve)
    assert other.get("/maintenance") == {"items": [], "next": None}
    problem(other("GET", f"/maintenance/{made['id']}"), 404)
    problem(other("POST", f"/maintenance/{made['id']}/end"), 404)
    assert problem(other("POST", "/maintenance", NEW), 422)["errors"][0]["field"] == "product"
