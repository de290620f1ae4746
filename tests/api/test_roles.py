"""Who is listed for a role, by script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_user

ROLES = "/products/staff-mobile/roles"


def owners(told: dict[str, Any]) -> list[tuple[str, int, bool]]:
    found = next(each for each in told["items"] if each["role"] == "product_owner")
    return [(one["user"], one["position"], one["counts"]) for one in found["holders"]]


def test_they_are_listed_moved_and_removed_k138(script: Script, product: Product) -> None:
    join(make_user("paula@example.test"), product.team, "viewer")
    assert [(each["role"], each["decides"], each["needed"]) for each in script.get(ROLES)["items"]] == [
        ("release_engineer", False, True), ("devops", False, True), ("product_owner", True, True),
        ("affected_team", False, False),
    ]  # fmt: skip
    script.post(ROLES, {"role": "product_owner", "user": "ada@example.test"}, status=201)
    told = script.post(ROLES, {"role": "product_owner", "user": "PAULA@example.test"}, status=201)
    assert owners(told) == [("ada@example.test", 1, True), ("paula@example.test", 2, True)]
    last = product.role_holders.get(position=2).pk
    assert owners(script.post(f"{ROLES}/{last}/move"))[0] == ("paula@example.test", 1, True)
    assert script("DELETE", f"{ROLES}/{last}").status_code == 204
    assert owners(script.get(ROLES)) == [("ada@example.test", 2, True)]
    problem(script("DELETE", f"{ROLES}/{last}"), 404)


def test_what_cannot_be_is_told_by_field(script: Script, product: Product) -> None:
    make_user("olga@example.test")
    for body, field in (
        ({"role": "boss", "user": "ada@example.test"}, "role"),
        ({"role": "devops", "user": "nobody@example.test"}, "user"),
        ({"role": "devops", "user": "olga@example.test"}, "user"),
        ({"role": "devops"}, "user"),
    ):
        assert problem(script("POST", ROLES, body), 422)["errors"][0]["field"] == field
    assert product.role_holders.count() == 0


def test_responders_see_them_and_change_none(
    script: Script, product: Product, script_of: Callable[..., Script]
) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    script.post(ROLES, {"role": "product_owner", "user": "ada@example.test"}, status=201)
    one = product.role_holders.get().pk
    assert owners(script_of(ben).get(ROLES)) == [("ada@example.test", 1, True)]
    body = {"role": "devops", "user": "ben@example.test"}
    for method, path, sent in (
        ("POST", ROLES, body), ("DELETE", f"{ROLES}/{one}", None), ("POST", f"{ROLES}/{one}/move", None),
    ):  # fmt: skip
        problem(script_of(ben)(method, path, sent), 403)


def test_a_contact_may_name_the_role_it_reaches_k132(script: Script) -> None:
    told = script.post(
        "/products/staff-mobile/contacts", {"role": "devops", "address": "duty@example.test"}, status=201
    )
    assert [(each["label"], each["role"]) for each in told["items"]] == [("DevOps", "devops")]
