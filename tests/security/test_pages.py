"""The authorisation matrix of the pages: every address × everybody × own and foreign, against the table in pages.py."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from incidents.page.actions import OFFERS
from tests.security.around_incident import OKAPI
from tests.security.asking import (
    FORBIDDEN,
    MISSING,
    NO_METHOD,
    OPEN,
    SIGN_IN,
    addresses,
    around,
    ask,
    kind_of,
    leaks,
    said,
    written,
)
from tests.security.pages import (
    ADMINISTRATOR,
    BREAK_GLASS,
    EVERYBODY,
    INCIDENTS,
    KEYED,
    PAGES,
    PLAYED,
    SIGNED_IN,
    Page,
)
from tests.security.world import ROLES, STRANGERS, Thing, World

pytestmark = pytest.mark.django_db
# A promise is a manager's to take back.
LEAST = {"waive_clock": Role.MANAGER}
VERBS = [
    Page("act", get=least, post=least, on=INCIDENTS, named={"verb": verb})
    for verb in OFFERS
    for least in [LEAST.get(verb, Role.RESPONDER)]
]
EVERY = [*PAGES, *VERBS]
FRAGMENT = {"HTTP_HX_REQUEST": "true"}


def name_of(page: Page) -> str:
    return "-".join((page.name, *map(str, page.named.values())))


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    assert set(addresses()) == {page.name for page in PAGES} | set(KEYED)
    assert len(PAGES) == len({page.name for page in PAGES})


@pytest.mark.parametrize("row", EVERY, ids=name_of)
def test_each_address_lets_in_whom_its_rule_names(row: Page, world: World) -> None:
    wrong, asked, rows = [], 0, 0
    for thing, path, _missing in places(row, world):
        for actor, method, gate in knocks(row, thing):
            looks = method == "GET" and row.name not in PLAYED
            before = (rows or written()) if looks else 0
            answer = _ask(world, actor, method, path, row)
            rows = written() if looks else 0
            if rows != before:
                wrong.append(f"{actor} GET {path} writes {rows - before} rows")
            expected = judged(row, gate, actor, thing, method)
            asked += 1
            if said(answer) == MISSING:
                world.kinds[actor, method, path] = kind_of(answer, path)
            if said(answer) != expected:
                wrong.append(f"{actor} {method} {path}: {said(answer)}, not {expected}")
            outside = ROLES.get(actor) is None
            words = leaks(answer, path) if outside or actor != "participant" else []
            wrong += [f"{actor} {method} {path} reads “{w}”" for w in words if outside or w == OKAPI]
    assert "\n".join(wrong) == ""
    assert asked >= 6


@pytest.mark.parametrize("row", [row for row in (*PAGES, VERBS[0]) if row.on], ids=name_of)
def test_what_is_not_yours_looks_exactly_like_what_is_not_there(row: Page, world: World) -> None:
    """Pages, and fragments as htmx fetches them."""
    different = []
    for thing, path, missing in places(row, world):
        for actor in {"foreign_admin", "responder", "administrator"} - set(thing.seen_by if thing else ROLES):
            if row.name in ("break_glass", "incident") and actor == "administrator":
                continue  # may know that there is a private incident: the door asks for a reason
            for method, headers in (("GET", {}), ("GET", FRAGMENT), ("POST", {})):
                if not (row.get if method == "GET" else row.post):
                    continue
                found, nothing = (_kind(world, actor, method, at, row, headers) for at in (path, missing))
                different += [
                    (actor, method, path, one, other)
                    for one, other in zip(found, nothing, strict=True)
                    if one != other
                ]
    assert different[:1] == []


@pytest.mark.parametrize("row", [*PAGES, VERBS[0]], ids=name_of)
def test_no_form_is_taken_from_another_site(row: Page, world: World) -> None:
    """Whatever the method: without the token of the page it is refused, and only GET and HEAD need none."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = SimpleCookie(world.clients["administrator"].cookies.output(header=""))
    for _thing, path, _missing in list(places(row, world))[:1]:
        for method in ("POST", "PUT", "DELETE"):
            assert said(ask(client, method, path)) in (FORBIDDEN, NO_METHOD), (method, path)


def knocks(page: Page, thing: Thing | None) -> list[tuple[str, str, Any]]:
    """Who asks how: everybody that the rule tells apart, and one person by the method that is not taken."""
    found: list[tuple[str, str, Any]] = []
    for method, gate in (("GET", page.get), ("POST", page.post)):
        names = around(gate, thing) if gate else ["administrator"]
        found += [(name, method, gate) for name in (*STRANGERS, *names)]
    return found


def places(page: Page, world: World) -> Iterator[tuple[Thing | None, str, str]]:
    """(what it is about, its address, the address of one that is not there)."""
    named = {name: _named(value, world) for name, value in page.named.items()}
    if not page.on:
        yield None, reverse(page.name, kwargs=named), ""
    for about in page.on:
        thing = world.things[about]
        yield (
            thing,
            reverse(page.name, kwargs={**named, **thing.named}),
            reverse(page.name, kwargs={**named, **thing.missing}),
        )


def judged(page: Page, gate: Any, actor: str, thing: Thing | None, method: str) -> str:
    """What the rule says of this actor."""
    if gate == EVERYBODY:
        return OPEN
    if actor in STRANGERS:
        return SIGN_IN if EVERYBODY not in (page.get, page.post) else NO_METHOD
    if gate == "":
        return NO_METHOD
    if gate == SIGNED_IN:
        return OPEN
    if gate == BREAK_GLASS:
        shut_out = thing is not None and len(thing.seen_by) == 1
        return OPEN if actor == "administrator" and shut_out else _hidden(actor, thing)
    if thing is None:
        found = _somewhere(gate, actor)
        return MISSING if page.hidden and found == FORBIDDEN else found
    role = thing.seen_by.get(actor)
    if role is None:
        return OPEN if page.door and actor == "administrator" else MISSING
    if gate == ADMINISTRATOR:
        return OPEN if actor == "administrator" else FORBIDDEN
    return OPEN if role >= gate else FORBIDDEN


def _hidden(actor: str, thing: Thing | None) -> str:
    return FORBIDDEN if thing and actor in thing.seen_by else MISSING


def _somewhere(gate: Any, actor: str) -> str:
    """A page about no team: the greatest role in any of them counts; a foreign admin is one in another team."""
    if gate == ADMINISTRATOR:
        return OPEN if actor == "administrator" else FORBIDDEN
    role = Role.ADMIN if actor == "foreign_admin" else ROLES[actor]
    return OPEN if role is not None and role >= gate else FORBIDDEN


def _named(value: Any, world: World) -> Any:
    return world.people[value].pk if value in world.people else value


def _kind(
    world: World, actor: str, method: str, path: str, page: Page, headers: dict[str, str]
) -> tuple[Any, ...]:
    """Of an answer that is known already it is not asked again."""
    key = (actor, method, path, *headers)
    if key not in world.kinds:
        world.kinds[key] = kind_of(_ask(world, actor, method, path, page, headers), path)
    return world.kinds[key]


def _ask(world: World, actor: str, method: str, path: str, page: Page, headers: Any = None) -> Any:
    sent: dict[str, Any] = dict(headers or {})
    if method == "POST":
        text = "&".join(f"{name}={value}" for name, value in page.sent.items())
        sent |= {"data": text, "content_type": "application/x-www-form-urlencoded"}
    return ask(world.clients[actor], method, path, **sent)
