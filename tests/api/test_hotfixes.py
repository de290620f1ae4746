"""Hotfixes by script: starting one, how it stands, what a person says of a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Scope, User
from hotfixes.judging import judge_due
from incidents.models import Incident
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_product, make_user
from tests.hotfixes.starting import critical

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def script(product: Product, ada: User, script_of: Callable[..., Script]) -> Script:
    product.version = "0.1.0"
    product.save()
    critical(product, ada)
    return script_of(ada, Scope.HOTFIXES, Scope.INCIDENTS)


def test_one_is_started_with_names_and_commands(script: Script) -> None:
    """K20, K22, K51: the branch, the tag, the version, each step's lines."""
    made = script.post("/incidents/INC-1/hotfixes", {}, status=201)
    assert (made["ref"], made["incident"], made["product"]) == ("HF-1", "INC-1", "staff-mobile")
    assert (made["old_version"], made["new_version"]) == ("0.1.0", "0.1.1")
    assert made["branch"].endswith("-v0.1.1")
    assert made["tag"].endswith("/prod-v0.1.1")
    assert made["base_tag"].endswith("/prod-v0.1.0")
    assert (made["merge_policy"], made["status"], made["stage"]) == ("ff-only", "open", "preparing")
    lines = {(one["step"], one["text"]) for one in made["commands"]}
    assert ("branch", f"git checkout -b {made['branch']} {made['base_tag']}") in lines
    assert ("tag", f"git push origin {made['tag']}") in lines
    assert script.get("/hotfixes/HF-1") == made


def test_one_is_under_way_already(script: Script) -> None:
    script.post("/incidents/INC-1/hotfixes", {}, status=201)
    answer = script("POST", "/incidents/INC-1/hotfixes", {}).json()
    assert (answer["status"], answer["hotfix"]["ref"]) == (409, "HF-1")
    assert answer["detail"] == "HF-1 is under way for Staff Mobile already."


def test_a_resend_is_harmless(script: Script) -> None:
    first = script.post("/incidents/INC-1/hotfixes", {"slug": "login"}, status=201, Idempotency_Key="a")
    again = script.post("/incidents/INC-1/hotfixes", {"slug": "login"}, status=200, Idempotency_Key="a")
    assert first == again


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"base_tag": "v..0"}, "base_tag"),
        ({"branch": "-rf"}, "branch"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"product": "nobody"}, "product"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_said_by_field(script: Script, body: dict[str, Any], field: str) -> None:
    answer = script.post("/incidents/INC-1/hotfixes", body, status=422)
    assert [error["field"] for error in answer["errors"]] == [field]


def test_a_second_product_gets_its_own(script: Script, product: Product) -> None:
    """K3."""
    make_product(product.team, name="Worker App")
    script.post("/incidents/INC-1/hotfixes", {}, status=201)
    made = script.post("/incidents/INC-1/hotfixes", {"product": "worker-app"}, status=201)
    assert (made["ref"], made["product"]) == ("HF-2", "worker-app")
    assert [one["ref"] for one in script.get("/hotfixes")["items"]] == ["HF-2", "HF-1"]
    assert [one["ref"] for one in script.get("/hotfixes?product=worker-app")["items"]] == ["HF-2"]
    assert [one["ref"] for one in script.get("/hotfixes?incident=inc-1&status=open")["items"]] == [
        "HF-2",
        "HF-1",
    ]
    assert script.get("/hotfixes?status=released,abandoned")["items"] == []
    assert script("GET", "/hotfixes?status=lost").status_code == 422
    assert [one["ref"] for one in script.get("/hotfixes?incident=1")["items"]] == ["HF-2", "HF-1"]
    for asked in ("/hotfixes?incident=INC-9", "/hotfixes?incident=9%C2%B2", "/rollbacks?incident=INC-"):
        told = problem(script("GET", asked), 422)["errors"]
        assert [each["field"] for each in told] == ["incident"]
        assert told[0]["message"].startswith("There is no incident “")


def test_checks_carry_what_the_contract_names(script: Script) -> None:
    script.post("/incidents/INC-1/hotfixes", {}, status=201)
    while judge_due():
        pass
    items = {one["key"]: one for one in script.get("/hotfixes/HF-1/checks")["items"]}
    check = items["severity_assessed"]
    assert check["verdict"] == "PASS"
    assert set(check) >= {
        "key", "title", "verdict", "summary", "proof", "facts", "observed_at", "override", "attestation",
    }  # fmt: skip
    assert items["merged"]["verdict"] == "UNKNOWN"
    assert items["merged"]["next"]["text"].startswith("Connect it")


def test_people_say_what_no_check_shows(script: Script) -> None:
    script.post("/incidents/INC-1/hotfixes", {}, status=201)
    said = script.post("/hotfixes/HF-1/checks/merged/attest", {"text": "By hand", "url": "https://e.test/1"})
    assert (said["verdict"], said["attestation"]["text"]) == ("PENDING", "By hand")
    assert said["attestation"]["by"] == "Ada"
    waived = script.post("/hotfixes/HF-1/checks/smoke/override", {"reason": "Nothing to smoke"})
    assert (waived["override"]["reason"], waived["override"]["waits"]) == ("Nothing to smoke", False)
    again = script("POST", "/hotfixes/HF-1/checks/smoke/override", {"reason": "Again"})
    assert again.status_code == 409
    assert again.json()["detail"].startswith("Ada has waived “Smoke tests passed” already.")
    back = script.post("/hotfixes/HF-1/checks/smoke/withdraw", {"what": "override", "reason": "There is"})
    assert back["override"] is None
    assert script("POST", "/hotfixes/HF-1/checks/smoke/override", {"reason": ""}).status_code == 422
    assert script("POST", "/hotfixes/HF-1/checks/nonsense/attest", {}).status_code == 404


def test_an_approval_takes_two_tokens(
    script: Script, product: Product, script_of: Callable[..., Script]
) -> None:
    """K87."""
    join(ben := make_user("ben@example.test"), product.team)
    script.post("/incidents/INC-1/hotfixes", {}, status=201)
    waits = script.post("/hotfixes/HF-1/checks/approval/override", {"reason": "Nobody is awake"})
    assert waits["override"]["waits"]
    alone = script("POST", "/hotfixes/HF-1/checks/approval/override/confirm", {})
    assert (alone.status_code, alone.json()["detail"]) == (
        422, "Somebody else must agree: you have waived it yourself.",
    )  # fmt: skip
    agreed = script_of(ben, Scope.HOTFIXES).post("/hotfixes/HF-1/checks/approval/override/confirm", {})
    assert (agreed["override"]["waits"], agreed["override"]["second"]) == (False, "Ben")


def test_a_look_is_asked_for_and_a_hotfix_given_up(script: Script) -> None:
    script.post("/incidents/INC-1/hotfixes", {}, status=201)
    assert script.post("/hotfixes/HF-1/recheck", status=202)["ref"] == "HF-1"
    merged = script.post("/hotfixes/HF-1/merge_policy", {"merge": "merge", "reason": "Main has gone on"})
    assert merged["merge_policy"] == "merge"
    assert "git merge --no-ff " in " ".join(one["text"] for one in merged["commands"])
    gone = script.post("/hotfixes/HF-1/abandon", {"reason": "We roll back"})
    assert (gone["status"], gone["stage"]) == ("abandoned", "abandoned")
    assert script("POST", "/hotfixes/HF-1/abandon", {"reason": "Again"}).status_code == 409


def test_private_stays_private(script: Script, product: Product, script_of: Callable[..., Script]) -> None:
    join(ben := make_user("ben@example.test"), product.team)
    script.post("/incidents/INC-1/hotfixes", {}, status=201)
    other = script_of(ben, Scope.HOTFIXES)
    assert other.get("/hotfixes/HF-1")["ref"] == "HF-1"
    Incident.objects.update(private=True)
    assert other("GET", "/hotfixes/HF-1").status_code == 404
    assert other.get("/hotfixes")["items"] == []
    assert script.get("/hotfixes/HF-1")["ref"] == "HF-1"
