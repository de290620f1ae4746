"""Which tokens open the API, what they may, and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from pytest_django import Settings

from accounts.models import ApiToken, Scope, User
from accounts.tokens import digest
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import make_product


def test_nothing_but_a_working_token_opens_it(script: Script, client: Client, ada: User) -> None:
    client.force_login(ada)
    refused = problem(client.get("/api/v1/incidents"), 401)
    assert refused["detail"] == "Send a token that works: Authorization: Bearer nd_…"
    for text in ("", "nd_wrong", "x", script.token[:-1], script.token.upper(), "nd_" + "a" * 200):
        answer = Script(text)("GET", "/incidents")
        problem(answer, 401)
        assert answer["WWW-Authenticate"] == 'Bearer realm="Nightdesk"'


def test_a_token_is_kept_as_its_digest(script: Script) -> None:
    row = ApiToken.objects.get()
    assert (row.digest, row.start) == (digest(script.token), script.token[:8])
    assert len(script.token) == 46
    assert script.token not in str(ApiToken.objects.values().get())


def test_an_expired_a_revoked_and_a_leavers_token_open_nothing(script: Script, ada: User) -> None:
    script.get("/incidents")
    ApiToken.objects.update(expires_at=Now() - timedelta(seconds=1))
    problem(script("GET", "/incidents"), 401)
    ApiToken.objects.update(expires_at=None, revoked_at=Now())
    problem(script("GET", "/incidents"), 401)
    ApiToken.objects.update(revoked_at=None)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    problem(script("GET", "/incidents"), 401)


def test_a_scope_opens_its_part_only(ada: User, script_of: Callable[..., Script]) -> None:
    incident = {"title": "Slow", "product": "staff-mobile"}
    opens = {  # scope: reads of incidents, monitors, products, tokens; declares; adds a product
        "read": (200, 200, 200, 403, 403, 403),
        "incidents": (200, 403, 200, 403, 201, 403),
        "monitoring": (403, 200, 200, 403, 403, 403),
        "ingest": (403, 403, 403, 403, 403, 403),
        "decide": (403, 403, 403, 403, 403, 403),
        "hotfixes": (403, 403, 200, 403, 403, 403),
        "admin": (403, 200, 200, 200, 403, 201),
    }
    assert opens.keys() == set(Scope.values)
    for scope, expected in opens.items():
        script = script_of(ada, scope)
        reads = [
            script("GET", f"/{part}").status_code for part in ("incidents", "monitors", "products", "tokens")
        ]
        declared = script("POST", "/incidents", incident).status_code
        added = script("POST", "/products", {"name": "Kitchen", "process": "krow"}).status_code
        assert (*reads, declared, added) == expected, scope
    told = problem(script_of(ada, "read")("POST", "/incidents", incident), 403)
    assert told["detail"] == "This token may not do that: it needs the scope incidents."


def test_the_last_use_is_noted_at_most_once_a_minute(script: Script) -> None:
    script.get("/incidents")
    first = ApiToken.objects.get().last_used_at
    script.get("/incidents")
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=F("last_used_at") - timedelta(minutes=2))
    script.get("/incidents")
    assert first is not None
    assert ApiToken.objects.get().last_used_at > first  # type: ignore[operator]


def test_too_many_requests_are_told_when_to_come_again(script: Script, settings: Settings) -> None:
    settings.NIGHTDESK_REQUESTS_A_MINUTE, settings.NIGHTDESK_REFUSED_A_MINUTE = 3, 2
    answers = [script("GET", "/products") for _ in range(5)]
    assert {answer.status_code for answer in answers} <= {200, 429}
    problem(answers[4], 429)
    assert 1 <= int(answers[4]["Retry-After"]) <= 60
    refused = [Script("nd_guess")("GET", "/products") for _ in range(4)]
    assert (refused[0].status_code, problem(refused[3], 429)["title"]) == (401, "Too Many Requests")


def test_tokens_by_token(ada: User, script: Script, script_of: Callable[..., Script]) -> None:
    make_product(name="Kitchen")
    made = script.post(
        "/tokens", {"name": "ci", "scopes": ["read"], "products": ["kitchen"], "days": 7}, status=201
    )
    assert made["token"].startswith("nd_")
    assert (made["scopes"], made["products"]) == (["read"], ["kitchen"])
    assert [p["slug"] for p in Script(made["token"]).get("/products")["items"]] == ["kitchen"]
    listed = script.get("/tokens")["items"]
    assert [token["name"] for token in listed] == ["ci", "deploy-bot"]
    assert all("token" not in token for token in listed)
    assert script.post(f"/tokens/{made['id']}/revoke")["revoked_at"] is not None
    problem(Script(made["token"])("GET", "/products"), 401)
    problem(script("POST", "/tokens/99999/revoke"), 404)


def test_a_token_makes_none_that_may_more(ada: User, script_of: Callable[..., Script]) -> None:
    make_product(name="Kitchen")
    admin, narrow = script_of(ada, "admin"), script_of(ada, "admin", products=("kitchen",))
    problem(admin("POST", "/tokens", {"name": "x", "scopes": ["incidents"]}), 403)
    problem(narrow("POST", "/tokens", {"name": "x", "scopes": ["admin"]}), 403)
    problem(narrow("POST", "/tokens", {"name": "x", "scopes": ["admin"], "products": ["staff-mobile"]}), 403)
    problem(narrow("POST", "/products", {"name": "Other", "process": "krow"}), 403)
    narrow.post("/tokens", {"name": "x", "scopes": ["admin"], "products": ["kitchen"]}, status=201)


def test_a_token_makes_none_that_outlives_it(ada: User, script_of: Callable[..., Script]) -> None:
    brief = script_of(ada, "admin", days=3)
    ends = ApiToken.objects.get().expires_at
    problem(brief("POST", "/tokens", {"name": "x", "scopes": ["admin"], "days": 4}), 403)
    assert brief.post("/tokens", {"name": "x", "scopes": ["admin"], "days": 2}, status=201)["expires_at"]
    brief.post("/tokens", {"name": "same", "scopes": ["admin"]}, status=201)
    assert ApiToken.objects.get(name="same").expires_at == ends


def test_a_list_asks_no_more_for_three_than_for_one(
    ada: User, script_of: Callable[..., Script], django_assert_num_queries: Any
) -> None:
    script = script_of(ada, "admin", products=("staff-mobile",))
    assert script.get("/tokens")["items"][0]["products"] == ["staff-mobile"]
    with django_assert_num_queries(5):
        script.get("/tokens")
    for name in ("b", "c"):
        script_of(ada, "read", name=name, products=("staff-mobile",))
    with django_assert_num_queries(5):
        assert len(script.get("/tokens")["items"]) == 3


def test_the_command_prints_one(ada: User, product: Product, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("token", "--user", "Ada@example.test", "--name", "ci", "--scope", "read", "incidents", "--scope",
                 "admin", "--product", "staff-mobile", "--days", "3")  # fmt: skip
    text = capsys.readouterr().out.strip()
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.scopes) == (ada, "ci", ["read", "incidents", "admin"])
    assert Script(text).get("/products")["items"][0]["slug"] == "staff-mobile"
    for wrong in (("--user", "x@y.z", "--scope", "read"), ("--user", ada.email, "--scope", "read", "--product", "gone"),
                  ("--user", ada.email, "--scope", "read", "--days", "0")):  # fmt: skip
        with pytest.raises(CommandError):
            call_command("token", "--name", "x", *wrong)
