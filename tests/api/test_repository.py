"""A product's repository and policy by script: names as in docs/api.md, the token only ever written."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from hotfixes.models import Mirror
from products.models import Product, Repository
from tests.api.conftest import Script, problem
from tests.factories import join, make_user

CODE = {"url": "https://github.com/you/product", "token": "ghp_s3cret", "main": "master"}


def test_a_product_comes_with_its_repository(script: Script, product: Product) -> None:
    sent = {"name": "Kitchen", "process": "krow", "repository": CODE, "policy": {"merge": "merge"}}
    made = script.post("/products", sent, status=201)
    assert made["repository"] == {
        "url": "https://github.com/you/product", "main": "master", "forge": "github", "username": "",
        "token_set": True, "write_back": False, "shared_with": [],
    }  # fmt: skip
    assert made["policy"] == {"merge": "merge", "main": "master"}
    assert "s3cret" not in script("GET", "/products/kitchen").text
    assert Repository.objects.get().opened_token == "ghp_s3cret"


def test_it_is_connected_changed_shared_and_disconnected(script: Script, product: Product) -> None:
    script.post("/products", {"name": "Kitchen", "process": "krow"}, status=201)
    for slug in ("kitchen", "staff-mobile"):
        assert script("PATCH", f"/products/{slug}", {"repository": CODE}).status_code == 200
    changed = script("PATCH", "/products/kitchen", {"repository": {"token": "", "main": ""}}).json()
    assert (changed["repository"]["token_set"], changed["repository"]["main"]) == (False, "main")
    assert changed["repository"]["shared_with"] == ["staff-mobile"]
    assert script.get("/products/staff-mobile")["repository"]["main"] == "master"
    assert script("PATCH", "/products/kitchen", {"version": "1.2.3"}).json()["repository"] is not None
    assert script("PATCH", "/products/kitchen", {"repository": None}).json()["repository"] is None


def test_what_is_wrong_is_told_by_its_path(script: Script, product: Product) -> None:
    for body, field in (
        ({"repository": {"url": "git@github.com:you/product.git"}}, "repository.url"),
        ({"repository": {"token": "x"}}, "repository.url"),
        ({"repository": {**CODE, "main": "a b"}}, "repository.main"),
        ({"repository": {**CODE, "forge": "svn"}}, "repository.forge"),
        ({"policy": {"version_files": [{"path": "x", "kind": "maven"}]}}, "policy.version_files.0.kind"),
        ({"policy": {"nothing": 1}}, "policy.nothing"),
    ):
        answer = script("PATCH", "/products/staff-mobile", body)
        assert [error["field"] for error in problem(answer, 422)["errors"]] == [field], body
    assert script.get("/products/staff-mobile")["repository"] is None


def test_how_reading_it_goes_is_asked_and_the_secret_told_once(script: Script, product: Product) -> None:
    assert script("GET", "/products/staff-mobile/repository").status_code == 404
    script("PATCH", "/products/staff-mobile", {"repository": CODE})
    found = script.get("/products/staff-mobile/repository")
    assert (found["state"], found["trouble"], found["found"]) == ("waiting", None, None)
    assert "/in/forge/" in found["hook"]
    told = script.post("/products/staff-mobile/repository/secret", {}, status=200)
    assert (told["hook"], Repository.objects.get().hook_secrets) == (found["hook"], [told["secret"]])
    assert told["secret"] not in script("GET", "/products/staff-mobile/repository").text
    Mirror.objects.update(state="trouble", trouble="credentials_refused", detail="HTTP 401")
    trouble = script("POST", "/products/staff-mobile/repository/look", {}).json()["trouble"]
    assert (trouble["code"], trouble["detail"]) == ("credentials_refused", "HTTP 401")
    assert trouble["todo"] == "Replace the token by one that may read this repository’s contents."


def test_the_hook_is_for_managers(script: Script, product: Product, script_of: Callable[..., Script]) -> None:
    script("PATCH", "/products/staff-mobile", {"repository": CODE})
    vera = make_user("vera@example.test")
    join(vera, product.team, "responder")
    viewing = script_of(vera)
    assert viewing.get("/products/staff-mobile/repository")["hook"] is None
    assert viewing("POST", "/products/staff-mobile/repository/secret", {}).status_code == 403


def test_plain_git_has_an_address_to_ring_at_for_who_manages_it(
    script: Script, product: Product, client: Client
) -> None:
    plain = {"url": "https://git.example.org/you/product"}
    script("PATCH", "/products/staff-mobile", {"repository": plain})
    found = script.get("/products/staff-mobile/repository")
    assert found["forge"] == "none"
    path = "/in/forge/" + found["hook"].rpartition("/")[2]
    assert client.generic("POST", path, b"").status_code == 202
