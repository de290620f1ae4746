"""Incidents that a token does not reach: other teams, private ones, other products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import User
from products.models import Product
from tests.api.conftest import NEW, Script, problem
from tests.factories import join, make_product, make_team, make_user


def test_other_teams_are_not_there(
    script: Script, opened: dict[str, Any], script_of: Callable[..., Script]
) -> None:
    olga = make_user("olga@example.test")
    other = make_product(make_team("logistics"), name="Trucks")
    join(olga, other.team, "admin")
    outsider = script_of(olga)
    assert outsider.get("/incidents")["items"] == []
    for method, path in (("GET", ""), ("GET", "/timeline"), ("GET", "/clocks"), ("POST", "/acknowledge")):
        problem(outsider(method, f"/incidents/INC-1{path}"), 404)
    assert problem(outsider("POST", "/incidents", NEW), 422)["errors"][0]["field"] == "product"


def test_a_viewer_reads_and_declares_but_does_not_act(
    script: Script, opened: dict[str, Any], product: Product, script_of: Callable[..., Script]
) -> None:
    vera = make_user("vera@example.test")
    join(vera, product.team, "viewer")
    viewer = script_of(vera)
    assert viewer.get("/incidents/INC-1")["ref"] == "INC-1"
    problem(viewer("POST", "/incidents/INC-1/acknowledge"), 403)
    assert viewer.post("/incidents", NEW, status=201)["ref"] == "INC-2"


def test_private_incidents_are_their_participants_alone(
    script: Script, product: Product, script_of: Callable[..., Script]
) -> None:
    script.post("/incidents", {**NEW, "private": True}, status=201)
    root = make_user("root@example.test", is_administrator=True)
    ben = make_user("ben@example.test")
    join(ben, product.team)
    for other in (script_of(root), script_of(ben)):
        assert other.get("/incidents")["items"] == []
        for method, path in (("GET", ""), ("GET", "/timeline"), ("GET", "/clocks"), ("POST", "/acknowledge")):
            problem(other(method, f"/incidents/INC-1{path}"), 404)


def test_a_narrow_token_sees_its_products_only(
    ada: User, script: Script, script_of: Callable[..., Script]
) -> None:
    make_product(name="Kitchen")
    narrow = script_of(ada, products=("kitchen",))
    script.post("/incidents", NEW, status=201)
    narrow.post("/incidents", {**NEW, "product": "kitchen"}, status=201)
    assert [i["ref"] for i in narrow.get("/incidents")["items"]] == ["INC-2"]
    problem(narrow("GET", "/incidents/INC-1"), 404)
    problem(narrow("POST", "/incidents/INC-1/acknowledge"), 404)
    assert problem(narrow("POST", "/incidents", NEW), 422)["errors"][0]["field"] == "product"
