"""Simulate by script: a process played by the real verbs, of which nothing stays."""

import json
from collections.abc import Callable

from incidents.models import Incident
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import make_user

ASKED = {
    "severity": "HIGH", "start": "2026-11-20T21:00:00Z", "zone": "Europe/Vienna", "until_s": 3600,
    "moves": [{"at_s": 60, "do": "acknowledge"}, {"at_s": 300, "do": "decide", "of": "hotfix"}],
}  # fmt: skip


def test_a_script_plays_it_with_clocks_ruler_and_who_is_told(
    product: Product, script_of: Callable[..., Script]
) -> None:
    script = script_of(make_user("olga@example.test"), "read")
    answer = script("POST", "/processes/krow/simulate", ASKED)
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert (told["now"], told["status"], told["severity"]) == ("2026-11-20T22:00:00Z", "active", "HIGH")
    assert {clock["key"]: clock["state"] for clock in told["clocks"]} == {
        "acknowledged": "met", "response": "met", "decision": "met", "total": "running",
    }  # fmt: skip
    # Decided and begun: the branch is what comes next.
    assert [mark["status"] for mark in told["ruler"] if mark["label"] == "Branch created"] == ["missed"]
    assert told["next"]["do"] == "finish_step"
    assert [one["key"] for one in told["steps"] if one["current"]] == ["branch"]
    assert told["told"][0]["whom"][0] == "Ada (Release Engineer)"
    assert [entry["kind"] for entry in told["entries"]] == [
        "declared",
        "acknowledged",
        "assigned",
        "decided",
        "hotfix_started",
    ]
    assert told["refused"] == []
    assert not Incident.objects.exists()


def test_a_script_hears_what_it_cannot_ask(product: Product, script_of: Callable[..., Script]) -> None:
    script = script_of(make_user("olga@example.test"), "read")
    for change in (
        {"severity": "P0"},
        {"zone": "Mars"},
        {"moves": [{"at_s": -1, "do": "close"}]},
        {"severity": ""},
    ):
        problem(script("POST", "/processes/krow/simulate", {**ASKED, **change}), 422)
    problem(script("POST", "/processes/nothing/simulate", ASKED), 404)
    problem(script("POST", "/processes/krow/simulate", {**ASKED, "version": 9}), 404)
