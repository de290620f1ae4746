"""`POST /evidence`: what CI shows of a hotfix, as JSON or as the JUnit file itself (A23, A28, A30, K58, K59)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Scope, User
from hotfixes.lifecycle.start import start
from hotfixes.models import Evidence, Hotfix
from incidents.models import Incident
from products.models import Product, VersionSeen
from products.token_products import make_narrow_token
from tests.api.conftest import NEW, Script, problem
from tests.factories import join, make_product, make_user

GOOD = '<testsuite><testcase name="a"/><testcase name="b"/></testsuite>'
BAD = '<testsuite><testcase classname="app" name="a"><failure/></testcase></testsuite>'
NOTE = {"hotfix": "HF-1", "kind": "note"}


@dataclass(frozen=True)
class House:
    product: Product
    ada: User
    script: Script
    hotfix: Hotfix


@pytest.fixture(scope="module")
def house(undone: None) -> House:
    """An incident with a hotfix that waits for what CI shows, and a script of Ada's."""
    product = make_product()
    join(ada := make_user("ada@example.test", name="Ada"), product.team, "manager")
    script = Script(make_narrow_token(ada, by=None, name="deploy-bot", scopes=Scope.values)[1])
    opened = script.post("/incidents", NEW, status=201)
    Product.objects.filter(pk=product.pk).update(version="0.1.0")
    made = start(Incident.objects.by_ref(opened["ref"]), by=ada)
    Hotfix.objects.filter(pk=made.pk).update(look_at=None)
    return House(product, ada, script, made)


@pytest.fixture
def product(house: House) -> Product:
    return Product.objects.get(pk=house.product.pk)


@pytest.fixture
def ada(house: House) -> User:
    return User.objects.get(pk=house.ada.pk)


@pytest.fixture
def script(house: House) -> Script:
    return house.script


@pytest.fixture(autouse=True)
def hotfix(house: House, db: None) -> Hotfix:
    return Hotfix.objects.get(pk=house.hotfix.pk)


def junit(
    script: Script, text: str, query: str = "hotfix=HF-1&kind=tests", kind: str = "application/xml"
) -> Any:
    return Client().generic(
        "POST", f"/api/v1/evidence?{query}", text, content_type=kind,
        headers={"Authorization": f"Bearer {script.token}"},
    )  # fmt: skip


def test_what_ci_says_is_kept_and_the_hotfix_is_judged_again(script: Script, hotfix: Hotfix) -> None:
    sent = {
        "hotfix": "hf-1", "kind": "smoke", "passed": True, "summary": "12 of 12", "head": "C" * 40,
        "url": "https://ci.example.test/7", "data": {"item": "launches"},
    }  # fmt: skip
    told = script.post("/evidence", sent, status=201)
    row = Evidence.objects.get()
    assert told == {
        **sent, "hotfix": "HF-1", "head": "c" * 40, "id": row.pk, "at": told["at"],
        "by": "ada@example.test", "token": "deploy-bot",
    }  # fmt: skip
    hotfix.refresh_from_db()
    assert hotfix.look_at is not None


@pytest.mark.parametrize(
    ("data", "passed"),
    [
        ({"exit_code": 0}, True),
        ({"exit_code": 1}, False),
        ({"exit_code": True}, None),
        ({"exit_code": "0"}, None),
        ({"items": {"launches": True, "core": True}}, True),
        ({"items": {"launches": True, "core": False}}, False),
        ({"items": {}}, None),
        ({}, None),
    ],
)
def test_an_exit_code_or_items_alone_say_how_it_went(script: Script, data: Any, passed: bool | None) -> None:
    assert script.post("/evidence", {**NOTE, "data": data}, status=201)["passed"] is passed
    assert script.post("/evidence", {**NOTE, "data": data, "passed": False}, status=201)["passed"] is False


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hotfix": "HF-9"}, "hotfix"),
        ({"hotfix": ""}, "hotfix"),
        ({"kind": "word"}, "kind"),
        ({"passed": 1}, "passed"),
        ({"head": "main"}, "head"),
        ({"url": "ftp://x.test/"}, "url"),
        ({"summary": "x" * 501}, "summary"),
        ({"data": []}, "data"),
        ({"data": {"a": "\u0000"}}, "data"),
        ({"data": {"a": "\ud800"}}, "data"),
        ({"data": {"a": "x" * 20_001}}, "data"),
        ({"data": {"a": [[[[[[[[1]]]]]]]]}}, "data"),
        ({"more": 1}, "more"),
    ],
)
def test_what_cannot_be_is_refused_by_field(script: Script, change: dict[str, Any], field: str) -> None:
    told = problem(script("POST", "/evidence", {**NOTE, **change}), 422)
    assert [error["field"] for error in told["errors"]] == [field]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    "body",
    ["", "nothing", "[1]", '"x"', "{", '{"data": NaN}', "[" * 100_000, '{"data": {"a": 1, "a": 2}}'],
)
def test_what_is_no_body_is_a_problem(script: Script, body: str) -> None:
    assert script("POST", "/evidence", body).status_code in (400, 422)


@pytest.mark.parametrize(
    "kind", ["application/xml", "text/xml; charset=utf-8", "application/x-www-form-urlencoded"]
)
def test_a_junit_file_is_counted_here_whatever_curl_calls_it(script: Script, kind: str) -> None:
    """A23"""
    query = f"hotfix=HF-1&kind=tests&head={'c' * 40}&url=https://ci.example.test/7"
    answer = junit(script, GOOD, query, kind)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    file = {"name": "junit.xml", "size": len(GOOD), "sha256": hashlib.sha256(GOOD.encode()).hexdigest()}
    counts = {"tests": 2, "failures": 0, "errors": 0, "skipped": 0, "failed": [], "file": file}
    assert (told["passed"], told["summary"], told["data"]) == (
        True,
        "Tests: 2. Passed: 2. Failed: 0.",
        counts,
    )
    assert (told["kind"], told["head"], told["url"]) == ("tests", "c" * 40, "https://ci.example.test/7")


@pytest.mark.parametrize(("text", "failed"), [(BAD, ["app › a"]), ("<testsuite/>", [])])
def test_what_failed_or_never_ran_is_not_passed(script: Script, text: str, failed: list[str]) -> None:
    told = junit(script, text).json()
    assert (told["passed"], told["data"]["failed"]) == (False, failed)


def test_a_file_of_a_form_is_taken(script: Script) -> None:
    answer = Client().post(
        "/api/v1/evidence?hotfix=HF-1&kind=smoke",
        {"file": SimpleUploadedFile("a/../smoke.xml", GOOD.encode())},
        headers={"Authorization": f"Bearer {script.token}"},
    )
    assert (answer.status_code, answer.json()["data"]["file"]["name"]) == (201, "smoke.xml")
    empty = Client().post(
        "/api/v1/evidence?hotfix=HF-1", {}, headers={"Authorization": f"Bearer {script.token}"}
    )
    assert problem(empty, 422)["errors"][0]["field"] == "file"


@pytest.mark.parametrize(
    ("text", "query", "field"),
    [
        (GOOD, "", "hotfix"),
        (GOOD, "hotfix=HF-9", "hotfix"),
        (GOOD, "hotfix=HF-1&kind=word", "kind"),
        (GOOD, "hotfix=HF-1&head=main", "head"),
        (GOOD, "hotfix=HF-1&url=nowhere", "url"),
        ("<html/>", "hotfix=HF-1", "file"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><testsuite/>', "hotfix=HF-1", "file"),
        ("<testsuite>", "hotfix=HF-1", "file"),
    ],
)
def test_a_file_that_is_not_read_says_why(script: Script, text: str, query: str, field: str) -> None:
    told = problem(junit(script, text, query), 422)
    assert [error["field"] for error in told["errors"]] == [field]


def test_a_resend_with_its_key_is_one_piece(script: Script) -> None:
    first = script.post("/evidence", NOTE, status=201, Idempotency_Key="run-7")
    assert script.post("/evidence", NOTE, status=200, Idempotency_Key="run-7") == first
    assert Evidence.objects.count() == 1


def test_scopes_and_narrowing_hold(ada: User, product: Product, script_of: Callable[..., Script]) -> None:
    make_product(product.team, name="Other")
    script_of(ada, "ingest", products=("staff-mobile",)).post("/evidence", NOTE, status=201)
    assert problem(script_of(ada, "ingest", products=("other",))("POST", "/evidence", NOTE), 422)
    assert script_of(ada, "read", "incidents", "admin")("POST", "/evidence", NOTE).status_code == 403


def test_a_loop_gone_wild_ends(script: Script, hotfix: Hotfix) -> None:
    rows = [Evidence(hotfix=hotfix, kind="note", at=hotfix.started_at) for _n in range(1_000)]
    Evidence.objects.bulk_create(rows)
    assert problem(script("POST", "/evidence", NOTE), 422)["errors"][0]["field"] == "hotfix"


def test_a_version_that_runs_somewhere_is_a_row_per_change(script: Script) -> None:
    for version in ("0.1.0", "0.1.0", "0.1.1"):
        script.post("/evidence", {**NOTE, "data": {"version": version, "where": "web-1"}}, status=201)
    rows = VersionSeen.objects.order_by("pk")
    assert [(one.version, one.environment and one.environment.kind) for one in rows] == [
        ("0.1.0", "production"),
        ("0.1.1", "production"),
    ]
    first = rows[0]
    assert first.seen_at > first.since
    script.post("/evidence", {**NOTE, "data": {"version": "0.1.1"}}, status=201)
    assert rows.count() == 2
    for wrong in ({"environment": "moon"}, {"where": "x" * 201}):
        sent = {**NOTE, "data": {"version": "1", "where": "web-1", **wrong}}
        assert problem(script("POST", "/evidence", sent), 422)["errors"][0]["field"] == "data"
