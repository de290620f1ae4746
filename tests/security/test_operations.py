"""The authorisation matrix of the API: every operation × every role, scope and narrowing, against operations.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, Scope
from tests.security.around_incident import OKAPI
from tests.security.asking import (
    FORBIDDEN,
    MISSING,
    OPEN,
    SIGN_IN,
    around,
    ask,
    kind_of,
    leaks,
    look,
    said,
    written,
)  # fmt: skip
from tests.security.operations import (
    ANY,
    AREAS,
    OPERATIONS,
    UNKNOWN,
    Operation,
    without,
)
from tests.security.pages import ADMINISTRATOR, SIGNED_IN
from tests.security.world import ROLES, Thing, World, token_of, used_just_now

pytestmark = pytest.mark.django_db
USELESS = ("", "session", "revoked", "expired", "unknown", "deactivated")
OUTSIDERS = ("foreign_admin", "teamless", "elsewhere")
# Who is refused here stands in the incident's timeline.
NOTED = {"POST /incidents/{}/decision"}
type Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def _many(settings: Settings) -> None:
    settings.NIGHTDESK_REQUESTS_A_MINUTE = settings.NIGHTDESK_REFUSED_A_MINUTE = 10**6
    cache.clear()


@pytest.fixture(scope="module")
def world(world: World) -> World:
    """With the tokens that only this file tells apart: everybody's with one scope, and those that lack a rule's."""
    for name, scope in product(ROLES, Scope.values):
        world.tokens[f"{name} with {scope}"] = token_of(world.people[name], scope)
    for row in OPERATIONS:
        if row.scopes != ANY and without(row) not in world.tokens:
            world.tokens[without(row)] = token_of(world.people["manager"], *(set(Scope) - row.scopes))
    used_just_now()
    return world


@pytest.mark.parametrize("area", AREAS)
def test_each_operation_lets_in_whom_its_rule_names(area: str, world: World) -> None:
    """And whoever reads, or is refused, changes nothing."""
    wrong = []
    for row in AREAS[area]:
        for thing, path, _missing in places(row, world):
            still: list[str] = []
            changing: list[str] = []
            for token in tokens(row, thing):
                quiet = row.method == "GET" or judged(row, token, thing) != OPEN
                (still if quiet and row.call not in NOTED else changing).append(token)
            before = written()
            for token in still:
                wrong += judge(look, world, row, path, token, judged(row, token, thing))
            if (rows := written() - before) > 0:
                wrong.append(f"{row.method} {path}: {rows} rows written by one of {', '.join(still)}")
            for token in changing:
                wrong += judge(ask, world, row, path, token, judged(row, token, thing))
    assert "\n".join(wrong) == ""


def judge(how: Ask, world: World, row: Operation, path: str, token: str, expected: str) -> list[str]:
    """What is wrong with one answer: other than the rule says, a refusal that is no problem, a word too many."""
    answer = call(how, world, row, path, token)
    found, asked = _word(answer, row), f"{token} {row.method} {path}"
    if found == MISSING:
        world.kinds[token, row.method, path] = kind_of(answer, path)
    wrong = [f"{asked} reads “{word}”" for word in _seen(answer, path, token, row)]
    if found != expected:
        wrong.append(f"{asked}: {found}, not {expected}: {answer.content[:100]!r}")
    elif found != OPEN and answer["Content-Type"] != "application/problem+json":
        wrong.append(f"{asked}: {answer['Content-Type']} as a refusal")
    return wrong


@pytest.mark.parametrize("area", AREAS)
def test_what_is_out_of_reach_looks_exactly_like_what_is_not_there(area: str, world: World) -> None:
    different, before = [], written()
    for row in AREAS[area]:
        for thing, path, missing in places(row, world):
            if thing is None:
                continue
            for token in tokens(row, thing):
                if judged(row, token, thing) != MISSING and token != "elsewhere":
                    continue
                found, nothing = (_kind(world, token, row, place) for place in (path, missing))
                if found != nothing:
                    different.append((token, row.call, found, nothing))
    assert different[:1] == []
    assert written() == before


@pytest.mark.parametrize("token", USELESS)
def test_a_token_that_is_over_opens_nothing(token: str, world: World) -> None:
    for row in OPERATIONS[:3]:
        assert call(look, world, row, f"/api/v1{row.path}", token).status_code == 401


def test_other_methods_are_refused_as_problems(world: World) -> None:
    taken: dict[str, set[str]] = {}
    for row in OPERATIONS:
        taken.setdefault(next(places(row, world))[1], set()).add(row.method)
    for path, methods in taken.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            answer = ask(Client(), method, path, **bearer(world, "administrator"))
            assert (answer.status_code, answer["Content-Type"]) in (
                (404, "application/problem+json"), (405, "application/problem+json"),
            ), (method, path)  # fmt: skip


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


def tokens(row: Operation, thing: Thing | None) -> list[str]:
    """Who is asked for: nobody's and a session, those that the rule tells apart, all scopes but those that open it.

    Each person's token has one scope that opens it, and all such scopes have their turn."""
    scopes = sorted(row.scopes)
    found = [
        f"{actor} with {scopes[place % len(scopes)]}" for place, actor in enumerate(around(row.least, thing))
    ]
    found += ["session", "deactivated", "elsewhere"]
    if row.scopes != ANY and (thing is None or len(thing.seen_by) > 1):
        found.append(without(row))
    return found


def _kind(world: World, token: str, row: Operation, path: str) -> tuple[Any, ...]:
    """Of an answer that is known already it is not asked again."""
    key = (token, row.method, path)
    if key not in world.kinds:
        world.kinds[key] = kind_of(call(look, world, row, path, token), path)
    return world.kinds[key]


def call(how: Ask, world: World, row: Operation, path: str, token: str) -> Any:
    """No cookie opens anything: so no other site can make a browser use it."""
    client = world.clients["administrator"] if token == "session" else Client()
    body = json.dumps(row.sent) if row.sent or row.method != "GET" else ""
    return how(client, row.method, path, body, content_type="application/json", **bearer(world, token))


def bearer(world: World, token: str) -> dict[str, Any]:
    if token in ("", "session"):
        return {}
    return {"HTTP_AUTHORIZATION": f"Bearer {world.tokens[token]}"}


def judged(row: Operation, token: str, thing: Thing | None) -> str:
    """What the rule says of this token."""
    if token in USELESS:
        return SIGN_IN
    if token.startswith("manager without"):
        return FORBIDDEN
    if token == "elsewhere":
        return row.narrow
    actor = token.partition(" with ")[0]
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
    actor = token.partition(" with ")[0]
    if actor in OUTSIDERS or actor in USELESS:
        sent = json.dumps(row.sent)
        return [word for word in found if word not in sent]
    return [word for word in found if word == OKAPI and actor != "participant"]
