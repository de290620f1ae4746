"""`POST /deployments`: what a deploy script says is kept, matched with its hotfix and judged again (A24, K56, K57)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from incidents.models import Incident
from products.environments import add_environment
from products.models import Deployment, Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_product, make_user

SAID = {"product": "staff-mobile", "environment": "production", "version": "0.1.1", "status": "succeeded"}


@pytest.fixture
def hotfix(product: Product, ada: User, opened: dict[str, Any]) -> Hotfix:
    Product.objects.filter(pk=product.pk).update(version="0.1.0")
    made = start(Incident.objects.by_ref(opened["ref"]), by=ada)
    Hotfix.objects.filter(pk=made.pk).update(look_at=None)
    return Hotfix.objects.get(pk=made.pk)


def test_what_a_script_says_is_kept_and_its_hotfix_is_judged_again(script: Script, hotfix: Hotfix) -> None:
    told = script.post("/deployments", {**SAID, "url": "https://ci.example.test/7"}, status=201)
    row = Deployment.objects.get()
    assert told == {
        "id": row.pk, "product": "staff-mobile", "environment": "production", "kind": "production",
        "version": "0.1.1", "git_ref": "", "hotfix": "HF-1", "status": "succeeded", "source": "api",
        "at": told["at"], "recorded_at": told["recorded_at"], "url": "https://ci.example.test/7",
        "by": "ada@example.test", "token": "deploy-bot", "stage": "", "percent": None, "was": "", "unclear": False,
    }  # fmt: skip
    hotfix.refresh_from_db()
    assert hotfix.look_at is not None
    assert script.get("/deployments")["items"] == [told]


@pytest.mark.parametrize("version", ["0.1.1", "v0.1.1", "0.1.1+6", "v0.1.1+6"])
def test_the_hotfix_is_found_however_the_version_is_written(
    script: Script, hotfix: Hotfix, version: str
) -> None:
    told = script.post("/deployments", {**SAID, "version": version}, status=201)
    assert (told["hotfix"], told["version"]) == ("HF-1", version)


@pytest.mark.parametrize("ref", ["{tag}", "refs/tags/{tag}", "{branch}", "refs/heads/{branch}"])
def test_the_hotfix_is_found_by_its_tag_or_branch(script: Script, hotfix: Hotfix, ref: str) -> None:
    from hotfixes.naming import named

    ref = ref.format(tag=named.tag(hotfix), branch=named.branch(hotfix))
    told = script.post("/deployments", {**SAID, "version": "build-7", "git_ref": ref}, status=201)
    assert told["hotfix"] == "HF-1"


def test_another_version_is_kept_too_and_judged(script: Script, hotfix: Hotfix) -> None:
    told = script.post("/deployments", {**SAID, "version": "0.2.0"}, status=201)
    hotfix.refresh_from_db()
    assert (told["hotfix"], hotfix.look_at is not None) == (None, True)


def test_a_deployment_without_any_hotfix_is_kept(script: Script) -> None:
    assert script.post("/deployments", SAID, status=201)["hotfix"] is None
    assert Deployment.objects.count() == 1


@pytest.mark.parametrize("environment", ["production", "Production", "PRODUCTION"])
@pytest.mark.parametrize("product_name", ["staff-mobile", "Staff Mobile", "worker mobile"])
def test_products_and_environments_answer_to_the_names_that_people_use(
    script: Script, product: Product, product_name: str, environment: str
) -> None:
    Product.objects.filter(pk=product.pk).update(aliases=["Worker Mobile"])
    told = script.post(
        "/deployments", {**SAID, "product": product_name, "environment": environment}, status=201
    )
    assert (told["product"], told["environment"]) == ("staff-mobile", "production")


def test_a_kind_of_which_there_are_two_must_be_named(script: Script, product: Product, ada: User) -> None:
    first = product.environments.get(kind="production")
    type(first).objects.filter(pk=first.pk).update(slug="eu", name="Europe")
    add_environment(product, name="Asia", kind="production", by=ada)
    told = problem(script("POST", "/deployments", SAID), 422)
    assert told["errors"] == [{"field": "environment", "message": "Say which one: eu, asia."}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"product": "nothing"}, "product"),
        ({"environment": "moon"}, "environment"),
        ({"version": ""}, "version"),
        ({"version": " "}, "version"),
        ({"version": "0.1\n.1"}, "version"),
        ({"status": "done"}, "status"),
        ({"git_ref": "x" * 251}, "git_ref"),
        ({"git_ref": "a\u0000b"}, "git_ref"),
        ({"hotfix": "HF-99"}, "hotfix"),
        ({"hotfix": "INC-1"}, "hotfix"),
        ({"at": "tomorrow"}, "at"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"more": 1}, "more"),
    ],
)
def test_what_cannot_be_is_refused_by_field(script: Script, change: dict[str, Any], field: str) -> None:
    told = problem(script("POST", "/deployments", {**SAID, **change}), 422)
    assert [error["field"] for error in told["errors"]] == [field]
    assert not Deployment.objects.exists()


def test_clocks_may_differ_by_two_minutes_and_no_more(script: Script) -> None:
    now = moment.now()
    soon = script.post("/deployments", {**SAID, "at": (now + timedelta(seconds=90)).isoformat()}, status=201)
    assert datetime.fromisoformat(soon["at"]) < now + timedelta(seconds=60)
    late = {**SAID, "at": (now + timedelta(minutes=3)).isoformat()}
    assert problem(script("POST", "/deployments", late), 422)["errors"][0]["field"] == "at"
    old = script.post("/deployments", {**SAID, "at": "2026-05-28T23:00:00+02:00"}, status=201)
    assert datetime.fromisoformat(old["at"]) == datetime(2026, 5, 28, 21, tzinfo=UTC)


def test_a_resend_with_its_key_is_one_deployment(script: Script) -> None:
    first = script.post("/deployments", SAID, status=201, Idempotency_Key="run-7")
    assert script.post("/deployments", SAID, status=200, Idempotency_Key="run-7") == first
    assert problem(script("POST", "/deployments", {**SAID, "status": "failed"}, Idempotency_Key="run-7"), 422)
    assert Deployment.objects.count() == 1


def test_a_token_for_ingest_alone_is_enough_and_reading_alone_is_not(
    ada: User, script_of: Callable[..., Script]
) -> None:
    script_of(ada, "ingest").post("/deployments", SAID, status=201)
    script_of(ada, "hotfixes").post("/deployments", SAID, status=201)
    assert script_of(ada, "read", "incidents")("POST", "/deployments", SAID).status_code == 403


def test_a_narrow_token_reaches_its_own_products_only(
    ada: User, product: Product, script_of: Callable[..., Script], script: Script
) -> None:
    make_product(product.team, name="Other")
    narrow = script_of(ada, "ingest", products=("staff-mobile",))
    narrow.post("/deployments", SAID, status=201)
    assert problem(narrow("POST", "/deployments", {**SAID, "product": "other"}), 422)
    script.post("/deployments", {**SAID, "product": "other"}, status=201)
    assert [one["product"] for one in narrow.get("/deployments")["items"]] == ["staff-mobile"]


def test_a_hotfix_of_another_product_is_refused(script: Script, product: Product, hotfix: Hotfix) -> None:
    make_product(product.team, name="Other")
    told = problem(script("POST", "/deployments", {**SAID, "product": "other", "hotfix": "HF-1"}), 422)
    assert told["errors"] == [{"field": "hotfix", "message": "HF-1 is a hotfix of Staff Mobile."}]


def test_a_private_incidents_hotfix_is_not_named_to_others(
    product: Product, script_of: Callable[..., Script], hotfix: Hotfix
) -> None:
    """It is matched all the same, so that its checks tick."""
    Incident.objects.update(private=True)
    join(zoe := make_user("zoe@example.test"), product.team)
    told = script_of(zoe).post("/deployments", SAID, status=201)
    assert (told["hotfix"], Deployment.objects.get().hotfix) == (None, "HF-1")
    assert script_of(zoe).get("/deployments")["items"][0]["hotfix"] is None
    assert problem(script_of(zoe)("POST", "/deployments", {**SAID, "hotfix": "HF-1"}), 422)


def test_the_list_is_told_apart_by_product_and_environment(
    script: Script, product: Product, ada: User
) -> None:
    add_environment(product, name="Staging", kind="staging", by=ada)
    script.post("/deployments", SAID, status=201)
    script.post("/deployments", {**SAID, "environment": "staging", "status": "started"}, status=201)
    found = script.get("/deployments?product=Staff%20Mobile&environment=staging")["items"]
    assert [(one["environment"], one["status"]) for one in found] == [("staging", "started")]
    assert len(script.get("/deployments?limit=1")["items"]) == 1
    assert script.get("/deployments?environment=dev") == {"items": [], "next": None}
    moon = problem(script("GET", "/deployments?environment=moon"), 422)["errors"]
    assert moon == [{"field": "environment", "message": "There is no environment “moon” here."}]
