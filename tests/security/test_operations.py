"""The authorisation matrix of the API: every operation × every role, scope and narrowing, against operations.py."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache as cache_once
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import Role
from config.api import api
from tests.security.around_incident import OKAPI
from tests.security.asking import FORBIDDEN, MISSING, OPEN, SIGN_IN, around, ask, kind_of, leaks, said
from tests.security.operations import (
    ANY,
    OPERATIONS,
    UNDESCRIBED,
    UNKNOWN,
    Operation,
    without,
)
from tests.security.pages import ADMINISTRATOR, SIGNED_IN
from tests.security.world import ROLES, Thing, World

pytestmark = pytest.mark.django_db
USELESS = ("", "revoked", "expired", "unknown", "deactivated")
OUTSIDERS = ("foreign_admin", "teamless", "elsewhere")


@pytest.fixture(autouse=True)
def _many(settings: Settings) -> None:
    settings.NIGHTDESK_REQUESTS_A_MINUTE = settings.NIGHTDESK_REFUSED_A_MINUTE = 10**6
    cache.clear()


def test_every_operation_has_a_rule_and_every_rule_an_operation() -> None:
    there = {
        f"{method} {_shape(path)}"
        for _prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if path not in UNDESCRIBED
    }
    assert there == {row.call.replace("krow", "{}") for row in OPERATIONS}
    assert len(OPERATIONS) == len(there)


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.call)
def test_each_operation_lets_in_whom_its_rule_names(row: Operation, world: World) -> None:
    wrong = []
    for thing, path, _missing in places(row, world):
        for token in tokens(row, thing, world):
            answer = call(world, token, row, path)
            found, expected = _word(answer, row), judged(row, token, thing)
            if found == MISSING:
                world.kinds[token, row.method, path] = kind_of(answer, path)
            if found != expected:
                wrong.append(
                    f"{token} {row.method} {path}: {found}, not {expected}: {answer.content[:100]!r}"
                )
            wrong += [
                f"{token} {row.method} {path} reads “{word}”" for word in _seen(answer, path, token, row)
            ]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("row", [row for row in OPERATIONS if row.on], ids=lambda row: row.call)
def test_what_is_out_of_reach_looks_exactly_like_what_is_not_there(row: Operation, world: World) -> None:
    for thing, path, missing in places(row, world):
        for token in {"foreign_admin", "elsewhere", "responder", "administrator"} - set(
            thing.seen_by if thing else ()
        ):
            found, nothing = (_kind(world, token, row, place) for place in (path, missing))
            assert found == nothing, (token, row.call)


@pytest.mark.parametrize("token", USELESS)
def test_a_token_that_is_over_opens_nothing(token: str, world: World) -> None:
    for row in OPERATIONS[:3]:
        assert call(world, token, row, f"/api/v1{row.path}").status_code == 401


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.call)
def test_a_session_opens_nothing(row: Operation, world: World) -> None:
    """No cookie does: so no other site can make a browser use it."""
    for _thing, path, _missing in places(row, world):
        answer = ask(world.clients["administrator"], row.method, path, json.dumps(row.sent),
                     content_type="application/json")  # fmt: skip
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.call)
def test_other_methods_are_refused_as_problems(row: Operation, world: World) -> None:
    same = {each.method for each in OPERATIONS if each.path == row.path} | {"HEAD", "OPTIONS"}
    for _thing, path, _missing in places(row, world):
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - same:
            answer = ask(Client(), method, path, **bearer(world, "administrator"))
            assert (answer.status_code, answer["Content-Type"]) in (
                (404, "application/problem+json"), (405, "application/problem+json"),
            )  # fmt: skip


def test_an_address_that_is_none_is_a_problem_for_everybody(world: World) -> None:
    for path in ("/api", "/api/", "/api/v1/", "/api/v2/incidents", "/api/v1/incidents/INC-1/nothing/more"):
        for method in ("GET", "POST", "DELETE"):
            answer = ask(Client(), method, path)
            assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_an_unknown_verb_is_not_there_for_anybody(world: World) -> None:
    for ref in ("INC-1", "INC-2", "INC-999999"):
        for token in ("responder", "foreign_admin", "administrator"):
            answer = ask(Client(), "POST", f"/api/v1/incidents/{ref}/explode", **bearer(world, token))
            assert answer.status_code == 404


@cache_once
def described() -> dict[str, set[int]]:
    """The statuses that the description names, per operation."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    return {
        f"{method.upper()} {_shape(path)}": {int(status) for status in operation["responses"]}
        for path, operations in paths.items()
        for method, operation in operations.items()
    }


def places(row: Operation, world: World) -> Iterator[tuple[Thing | None, str, str]]:
    """(what it is about, its address, the address of one that is not there)."""
    if not row.on:
        yield None, f"/api/v1{row.path}", ""
    for about in row.on:
        thing = world.things[about]
        yield (
            thing,
            f"/api/v1{row.path.format(*thing.named.values())}",
            f"/api/v1{row.path.format(*thing.missing.values())}",
        )


def tokens(row: Operation, thing: Thing | None, world: World) -> list[str]:
    """Who is asked for: useless tokens, those that the rule tells apart, single scopes that open it, all others."""
    found = ["", "deactivated", *around(row.least, thing), "elsewhere"]
    if thing and thing is world.things.get("private incident"):
        return found  # what scopes do is shown with the other one
    found += [f"manager with {scope}" for scope in sorted(row.scopes)[:2]]
    if row.scopes != ANY:
        found.append(without(row))
    return found


def _kind(world: World, token: str, row: Operation, path: str) -> tuple[Any, ...]:
    """Of an answer that is known already it is not asked again."""
    key = (token, row.method, path)
    if key not in world.kinds:
        world.kinds[key] = kind_of(call(world, token, row, path), path)
    return world.kinds[key]


def call(world: World, token: str, row: Operation, path: str) -> Any:
    body = json.dumps(row.sent) if row.sent or row.method != "GET" else ""
    return ask(Client(), row.method, path, body, content_type="application/json", **bearer(world, token))


def bearer(world: World, token: str) -> dict[str, Any]:
    return {"HTTP_AUTHORIZATION": f"Bearer {world.tokens[token]}"} if token else {}


def judged(row: Operation, token: str, thing: Thing | None) -> str:
    """What the rule says of this token."""
    if token in USELESS:
        return SIGN_IN
    if token.startswith("manager without"):
        return FORBIDDEN
    if token == "elsewhere":
        return row.narrow
    actor = "manager" if token.startswith("manager with ") else token
    role = thing.seen_by.get(actor) if thing else ROLES[actor]
    if row.least == SIGNED_IN:
        return OPEN
    if row.least == ADMINISTRATOR:
        known = thing is None or role is not None
        return OPEN if actor == "administrator" else FORBIDDEN if known else MISSING
    if thing is None and row.names:
        return _named(row, actor)
    if thing is None:
        role = Role.ADMIN if actor == "foreign_admin" else role
        return OPEN if role is not None and role >= row.least else FORBIDDEN
    return MISSING if role is None else OPEN if role >= row.least else FORBIDDEN


def _named(row: Operation, actor: str) -> str:
    """What a body names and one does not see is not known; what one may make nowhere is refused before that."""
    role = ROLES[actor]
    if role is not None:
        return OPEN if role >= row.least else FORBIDDEN
    nowhere = actor == "teamless" and row.path in ("/products", "/people")
    return FORBIDDEN if nowhere else UNKNOWN


def _word(answer: Any, row: Operation) -> str:
    return UNKNOWN if row.names and answer.status_code == 422 else said(answer)


def _seen(answer: Any, path: str, token: str, row: Operation) -> list[str]:
    """Words that this token's person may not read."""
    found = leaks(answer, path)
    if token in OUTSIDERS or token in USELESS:
        sent = json.dumps(row.sent)
        return [word for word in found if word not in sent]
    return [word for word in found if word == OKAPI and token != "participant"]
