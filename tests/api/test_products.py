"""Products and processes by script."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_product, make_team, make_user

SHAPE = {
    "slug", "name", "aliases", "process", "team", "environments", "components", "version", "first_release",
    "repository", "policy",
}  # fmt: skip


def test_the_first_administrator_needs_no_set_up(product: Product, script_of: Callable[..., Script]) -> None:
    root = make_user("root@example.test", is_administrator=True)
    made = script_of(root).post("/products", {"name": "Kitchen Display", "process": "archy"}, status=201)
    assert made.keys() >= SHAPE
    assert (made["slug"], made["team"], made["process"]) == ("kitchen-display", "payments", "archy")
    assert made["environments"] == [
        {"name": "Production", "slug": "production", "kind": "production", "hosts": []}
    ]


def test_every_fact_is_kept_and_changed(script: Script) -> None:
    facts = {
        "name": "Kitchen", "slug": "kds", "process": "Krow", "team": "payments", "aliases": ["KDS"], "version": "1.2.0",
        "first_release": "v1.0.0",
        "environments": [{"name": "Production", "kind": "production"}, {"name": "Beta", "kind": "staging"}],
    }  # fmt: skip
    made = script.post("/products", facts, status=201)
    assert {name: made[name] for name in ("slug", "process", "aliases", "version", "first_release")} == {
        "slug": "kds", "process": "krow", "aliases": ["KDS"], "version": "1.2.0", "first_release": "v1.0.0",
    }  # fmt: skip
    assert [e["name"] for e in made["environments"]] == ["Production", "Beta"]
    assert script("PATCH", "/products/kds", {"version": "1.3.0"}).json()["aliases"] == ["KDS"]
    assert script.get("/products/kds")["version"] == "1.3.0"
    assert _versions(script) == ("1.3.0", "entered", "1.3.0")
    script.post(
        "/deployments",
        {"product": "kds", "environment": "production", "version": "1.3.1", "status": "succeeded"},
        status=201,
    )
    assert _versions(script) == ("1.3.1", "deployments", "1.3.0")
    listed = next(one for one in script.get("/products")["items"] if one["slug"] == "kds")
    assert (listed["version"], listed["version_source"]) == ("1.3.1", "deployments")
    more = script.post("/products/kds/environments", {"name": "Dev", "kind": "dev"}, status=201)
    assert [e["name"] for e in more["environments"]] == ["Production", "Beta", "Dev"]


def _versions(script: Script) -> tuple[str, str, str]:
    kept = script.get("/products/kds")
    return kept["version"], kept["version_source"], kept["version_entered"]


def test_a_whole_set_up_is_one_request(script: Script, product: Product) -> None:
    """A43, A44, K132-K135, K137, K138: what the set-up pages do, at once."""
    ada = {"user": "ada@example.test"}
    made = script.post(
        "/products",
        {
            "name": "Kitchen", "process": "krow", "call": "https://meet.example.org/emergency",
            "components": ["mobile", "Push gateway"],
            "environments": [
                {"name": "Production", "kind": "production", "hosts": ["a.example.org"]},
                {"name": "Dev", "kind": "dev"},
            ],
            "contacts": [{"role": "devops", **ada}, {"label": "Duty", "address": "duty@example.org"}],
            "roles": [{"role": "product_owner", **ada}],
        },
        status=201,
    )  # fmt: skip
    assert (made["components"], made["call"]) == (
        ["mobile", "Push gateway"],
        "https://meet.example.org/emergency",
    )
    assert [(e["slug"], e["hosts"]) for e in made["environments"]] == [
        ("production", ["a.example.org"]),
        ("dev", []),
    ]
    kitchen = Product.objects.get(slug="kitchen")
    assert [c.slug for c in kitchen.components.all()] == ["mobile", "push-gateway"]
    assert [c["label"] for c in script.get("/products/kitchen/contacts")["items"]] == ["DevOps", "Duty"]
    listed = {role["role"]: role["holders"] for role in script.get("/products/kitchen/roles")["items"]}
    assert [holder["user"] for holder in listed["product_owner"]] == ["ada@example.test"]
    changed = script(
        "PATCH", "/products/kitchen",
        {"components": ["web"], "environments": [{"name": "dev", "kind": "staging"}, {"name": "Beta", "kind": "dev"}]},
    ).json()  # fmt: skip
    assert changed["components"] == ["web"]
    assert [(e["name"], e["kind"]) for e in changed["environments"]] == [
        ("Production", "production"), ("dev", "staging"), ("Beta", "dev"),
    ]  # fmt: skip
    assert changed["call"] == "https://meet.example.org/emergency"


def test_production_under_a_name_of_its_own_is_the_only_production(script: Script) -> None:
    own = {"name": "Live server", "kind": "production", "hosts": ["till.example.org"]}
    made = script.post("/products", {"name": "Till", "process": "archy", "environments": [own]}, status=201)
    assert [(e["name"], e["kind"]) for e in made["environments"]] == [("Live server", "production")]
    beside = script.post(
        "/products",
        {
            "name": "Bar",
            "process": "archy",
            "environments": [own, {"name": "production", "kind": "production"}],
        },
        status=201,
    )
    assert sorted(e["name"] for e in beside["environments"]) == ["Live server", "production"]


def test_a_set_up_that_is_wrong_somewhere_is_not_begun(script: Script) -> None:
    whole = {"name": "Kitchen", "process": "krow"}
    fine = {"label": "Duty", "address": "duty@example.org"}
    for change, field in (
        ({"contacts": [fine, {"role": "none", "address": "a@example.org"}]}, "contacts.1.role"),
        ({"contacts": [{"role": "devops"}]}, "contacts.0"),
        ({"roles": [{"role": "product_owner", "user": "no@example.org"}]}, "roles.0.user"),
        ({"environments": [{"name": "Dev", "kind": "dev", "hosts": ["x" * 201]}]}, "environments.0.hosts.0"),
        ({"components": ["a", "A"]}, "components"),
        ({"call": "javascript:alert(1)"}, "call"),
    ):
        assert problem(script("POST", "/products", {**whole, **change}), 422)["errors"][0]["field"] == field
    assert [p["slug"] for p in script.get("/products")["items"]] == ["staff-mobile"]


def test_the_same_key_makes_one(script: Script) -> None:
    body = {"name": "Kitchen", "process": "krow"}
    made = script.post("/products", body, status=201, Idempotency_Key="k")
    assert script.post("/products", body, Idempotency_Key="k") == made


def test_archived_ones_are_listed_apart(script: Script) -> None:
    assert script.post("/products/staff-mobile/archive")["archived_at"]
    assert script.get("/products")["items"] == []
    assert [p["slug"] for p in script.get("/products?archived=true")["items"]] == ["staff-mobile"]
    assert script.post("/products/staff-mobile/restore")["archived_at"] is None


def test_what_cannot_be_is_told_by_field(script: Script) -> None:
    whole = {"name": "Kitchen", "process": "krow"}
    for change, field in (
        ({"name": "Staff Mobile"}, "name"), ({"process": "none"}, "process"), ({"team": "none"}, "team"),
        ({"slug": "staff-mobile"}, "slug"), ({"slug": "A B"}, "slug"), ({"aliases": "x"}, "aliases"),
    ):  # fmt: skip
        assert problem(script("POST", "/products", {**whole, **change}), 422)["errors"][0]["field"] == field


def test_other_teams_are_not_there_and_responders_change_nothing(
    script: Script, product: Product, script_of: Callable[..., Script]
) -> None:
    olga, ben = make_user("olga@example.test"), make_user("ben@example.test")
    join(olga, make_product(make_team("logistics"), name="Trucks").team, "admin")
    join(ben, product.team)
    assert [p["slug"] for p in script_of(olga).get("/products")["items"]] == ["trucks"]
    problem(script_of(olga)("GET", "/products/staff-mobile"), 404)
    problem(script_of(olga)("PATCH", "/products/staff-mobile", {}), 404)
    problem(script_of(ben)("PATCH", "/products/staff-mobile", {}), 403)
    problem(script_of(ben)("POST", "/products", {"name": "K", "process": "krow"}), 403)


def test_a_process_tells_its_severities_and_clocks(script: Script, ada: User) -> None:
    assert [p["key"] for p in script.get("/processes")["items"]] == ["archy", "krow"]
    krow = script.get("/processes/KROW")
    assert [s["key"] for s in krow["severities"]] == ["CRITICAL", "HIGH", "MEDIUM"]
    assert krow["severities"][0]["targets"]["response"] == "< 1 h"
    assert {clock["key"] for clock in krow["clocks"]} >= {"acknowledged", "response"}
    problem(script("GET", "/processes/none"), 404)
