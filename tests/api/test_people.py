"""People and teams by script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import Membership, Team, User
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_user

BEN = {"name": "Ben", "email": "Ben@example.test", "team": "payments", "role": "manager"}


@pytest.fixture
def root(product: Product, script_of: Callable[..., Script]) -> Script:
    return script_of(make_user("root@example.test", is_administrator=True))


def test_me_says_who_asks_with_what(script: Script, ada: User, script_of: Callable[..., Script]) -> None:
    told = script_of(ada, "ingest", name="ci").get("/me")
    assert (told["email"], told["teams"]) == ("ada@example.test", [{"team": "payments", "role": "manager"}])
    assert (told["token"]["name"], told["token"]["scopes"]) == ("ci", ["ingest"])


def test_a_new_person_gets_a_link_once(root: Script) -> None:
    made = root.post("/people", BEN, status=201, Idempotency_Key="b")
    assert (made["email"], made["teams"]) == ("ben@example.test", [{"team": "payments", "role": "manager"}])
    link = made["link"].removeprefix("http://localhost:8000")
    assert Client().get(link, follow=True).status_code == 200
    assert root.post("/people", BEN, Idempotency_Key="b")["link"] is None
    assert problem(root("POST", "/people", BEN), 422)["errors"][0]["field"] == "email"
    for change, field in (({"email": "x"}, "email"), ({"team": "gone"}, "team"), ({"role": "king"}, "role")):
        wrong = {**BEN, "email": "new@example.test", **change}
        assert problem(root("POST", "/people", wrong), 422)["errors"][0]["field"] == field


def test_access_ends_and_comes_back(root: Script, product: Product, script_of: Callable[..., Script]) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    bens = script_of(ben)
    TOTP.activate(ben, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert bens.get("/me")["second_step"] is True
    assert root.post(f"/people/{ben.pk}/end_second_step")["second_step"] is False
    assert root.post(f"/people/{ben.pk}/deactivate")["active"] is False
    problem(bens("GET", "/me"), 401)
    assert root.post(f"/people/{ben.pk}/reactivate")["active"] is True
    assert bens.get("/me")["active"] is True
    own = User.objects.get(email="root@example.test").pk
    problem(root("POST", f"/people/{own}/deactivate"), 403)
    problem(root("POST", f"/people/{own}/end_second_step"), 403)


def test_teams_and_who_is_in_them(root: Script, ada: User) -> None:
    made = root.post("/teams", {"name": "Logistics", "time_zone": "Europe/Vienna"}, status=201)
    assert made == {"slug": "logistics", "name": "Logistics", "time_zone": "Europe/Vienna", "members": []}
    put = root.post("/teams/logistics/members", {"user": "ADA@example.test", "role": "viewer"})
    member = {"id": ada.pk, "name": "Ada", "email": "ada@example.test", "role": "viewer"}
    assert put["members"] == [member]
    path = f"/teams/logistics/members/{ada.pk}"
    assert root("PATCH", path, {"role": "admin"}).json()["members"] == [{**member, "role": "admin"}]
    assert root("DELETE", path).status_code == 204
    problem(root("DELETE", path), 404)
    assert Membership.objects.filter(team__slug="logistics").count() == 0
    changed = root("PATCH", "/teams/logistics", {"name": "Freight"}).json()
    assert (changed["slug"], changed["name"], changed["time_zone"]) == (
        "logistics",
        "Freight",
        "Europe/Vienna",
    )


def test_what_cannot_be_of_a_team_is_told_by_field(root: Script) -> None:
    for body, field in (
        ({"name": "payments"}, "name"),
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "A\nB"}, "name"),
        ({"name": "X", "time_zone": "Moon"}, "time_zone"),
    ):
        assert problem(root("POST", "/teams", body), 422)["errors"][0]["field"] == field
    nobody = {"user": "nobody@example.test", "role": "viewer"}
    assert problem(root("POST", "/teams/payments/members", nobody), 422)["errors"][0]["field"] == "user"
    assert Team.objects.count() == 1


def test_a_manager_sees_the_team_and_changes_nobody(script: Script, ada: User) -> None:
    assert [t["slug"] for t in script.get("/teams")["items"]] == ["payments"]
    for method, path, body in (
        ("POST", "/teams", {"name": "X"}), ("PATCH", "/teams/payments", {"name": "X"}),
        ("POST", "/teams/payments/members", {"user": "ada@example.test", "role": "admin"}),
        ("PATCH", f"/teams/payments/members/{ada.pk}", {"role": "admin"}), ("POST", "/people", BEN),
        ("GET", "/people", None),
    ):  # fmt: skip
        problem(script(method, path, body), 403)
    assert Membership.objects.get().role == "manager"


def test_what_makes_one_somebody_else_is_for_pages_only(root: Script, ada: User) -> None:
    for verb in ("make_link", "change_email", "promote", "demote"):
        problem(root("POST", f"/people/{ada.pk}/{verb}", {}), 404)
