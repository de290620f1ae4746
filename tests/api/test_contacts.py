"""Contacts of a product and process documents by script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_user

KROW = Path(__file__).parents[2] / "products" / "processes" / "krow.yaml"
CONTACTS = "/products/staff-mobile/contacts"


def labels(told: dict[str, Any]) -> list[str]:
    return [each["label"] for each in told["items"]]


def test_they_are_added_moved_and_removed(script: Script) -> None:
    for body in (
        {"label": "Lead", "user": "ADA@example.test"}, {"label": "Duty", "address": "duty@example.test"},
        {"label": "All", "whole_team": True},
    ):  # fmt: skip
        told = script.post(CONTACTS, body, status=201)
    assert [(c["user"], c["address"], c["whole_team"]) for c in told["items"]] == [
        ("ada@example.test", "", False), (None, "duty@example.test", False), (None, "", True),
    ]  # fmt: skip
    last = told["items"][2]["id"]
    assert labels(script.post(f"{CONTACTS}/{last}/move")) == ["Lead", "All", "Duty"]
    assert script("DELETE", f"{CONTACTS}/{last}").status_code == 204
    assert labels(script.get(CONTACTS)) == ["Lead", "Duty"]
    problem(script("DELETE", f"{CONTACTS}/{last}"), 404)


def test_what_cannot_be_is_told_by_field(script: Script, product: Product) -> None:
    make_user("olga@example.test")
    for body, field in (
        ({"label": "x"}, ""), ({"label": "x", "address": "a@b.test", "whole_team": True}, ""),
        ({"label": "x", "address": "nope"}, "address"), ({"label": "x", "user": "nobody@example.test"}, "user"),
        ({"label": "x", "user": "olga@example.test"}, "user"), ({"label": "", "whole_team": True}, "label"),
    ):  # fmt: skip
        assert problem(script("POST", CONTACTS, body), 422)["errors"][0]["field"] == field
    assert product.contacts.count() == 0


def test_responders_see_them_and_change_none(
    script: Script, product: Product, script_of: Callable[..., Script]
) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    one = script.post(CONTACTS, {"label": "All", "whole_team": True}, status=201)["items"][0]["id"]
    assert labels(script_of(ben).get(CONTACTS)) == ["All"]
    for method, path in (
        ("POST", CONTACTS),
        ("DELETE", f"{CONTACTS}/{one}"),
        ("POST", f"{CONTACTS}/{one}/move"),
    ):
        body = {"label": "x", "whole_team": True} if path == CONTACTS else None
        problem(script_of(ben)(method, path, body), 403)


@pytest.fixture
def root(product: Product, script_of: Callable[..., Script]) -> Script:
    return script_of(make_user("root@example.test", is_administrator=True))


def send(script: Script, text: bytes, key: str = "krow") -> Any:
    return Client().post(
        f"/api/v1/processes/{key}", text, content_type="application/yaml",
        headers={"Authorization": f"Bearer {script.token}"},
    )  # fmt: skip


def test_a_document_goes_out_and_in_byte_for_byte(root: Script) -> None:
    text = root("GET", "/processes/krow/document").content
    assert text == KROW.read_bytes()
    assert send(root, text).status_code == 200
    changed = text.replace(b"Urgent fixes", b"Very urgent fixes")
    answer = send(root, changed)
    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    assert root("GET", "/processes/krow/document").content == changed
    assert root("GET", "/processes/krow/document?version=1").content == text
    assert (root.get("/processes/krow?version=1")["version"], root.get("/processes/krow")["version"]) == (
        1,
        2,
    )
    problem(root("GET", "/processes/krow?version=3"), 404)


def test_a_broken_document_is_told_by_line_and_stores_nothing(root: Script) -> None:
    broken = KROW.read_bytes().replace(b"rank: 1", b"rank: 9", 1)
    told = problem(send(root, broken), 422)
    assert (told["errors"][0]["field"], "krow.yaml:" in told["errors"][0]["message"]) == (
        "severities[0].rank",
        True,
    )
    assert problem(send(root, KROW.read_bytes(), "archy"), 422)["errors"][0]["field"] == "key"
    for wrong in (b"", b"\xff", b"- x"):
        problem(send(root, wrong), 422)
    assert root.get("/processes/krow")["version"] == 1


def test_only_an_administrator_imports(
    script: Script, root: Script, script_of: Callable[..., Script]
) -> None:
    problem(send(script, KROW.read_bytes()), 403)
    narrow = script_of(make_user("cy@example.test", is_administrator=True), products=("staff-mobile",))
    problem(send(narrow, KROW.read_bytes()), 403)
