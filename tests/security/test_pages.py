"""The authorisation matrix of the pages: every address × everybody × own and foreign, against the table in pages.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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
    look,
    said,
    written,
)
from tests.security.pages import (
    ADMINISTRATOR,
    ALERTS_IN,
    AREAS,
    BREAK_GLASS,
    EVERYBODY,
    INCIDENTS,
    NOTED,
    PAGES,
    PLAYED,
    SIGNED_IN,
    Gate,
    Page,
)
from tests.security.world import ROLES, STRANGERS, Thing, World

type Ask = Callable[..., Any]

pytestmark = pytest.mark.django_db
# A promise is a manager's to take back.
LEAST = {"waive_clock": Role.MANAGER}
VERBS = [
    Page("act", get=least, post=least, on=INCIDENTS, named={"verb": verb})
    for verb in OFFERS
    for least in [LEAST.get(verb, Role.RESPONDER)]
]
EVERY = {**AREAS, "verbs": VERBS}
# One view and one check of the address for all verbs.
ONE_VERB = {**AREAS, "verbs": VERBS[:1]}
FRAGMENT = {"HTTP_HX_REQUEST": "true"}
# Addresses that take a form without the page's token: they read a key of their own, or take no form.
WITHOUT_TOKEN = {"push", "slack", "forge_hook", "no_api", "api_page", *ALERTS_IN}


@dataclass(frozen=True)
class Knock:
    actor: str
    method: str
    expected: str
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.actor} {self.method}{' as htmx does' if self.headers else ''}"


@pytest.mark.parametrize("area", EVERY)
def test_each_address_lets_in_whom_its_rule_names(area: str, world: World) -> None:
    """And whoever looks, or is refused, changes nothing."""
    wrong = []
    for row in EVERY[area]:
        for place, (thing, path, _missing) in enumerate(places(row, world)):
            still: list[Knock] = []
            changing: list[Knock] = []
            for knock in knocks(row, thing, strangers=STRANGERS if place == 0 else ()):
                (still if changes_nothing(row, knock) else changing).append(knock)
            before = written()
            for knock in still:
                wrong += judge(look, world, row, path, knock)
            if (rows := written() - before) > 0:
                wrong.append(f"{path}: {rows} rows written by one of {', '.join(map(str, still))}")
            for knock in changing:
                wrong += judge(ask, world, row, path, knock)
            assert len(still) + len(changing) >= 4
    assert "\n".join(wrong) == ""


def judge(how: Ask, world: World, row: Page, path: str, knock: Knock) -> list[str]:
    """What is wrong with the answer to one knock: it opens to another than the rule says, or tells a word too many."""
    answer = send(how, world, row, path, knock)
    found = said(answer)
    if found == MISSING:
        world.kinds[knock.actor, knock.method, path, *knock.headers] = kind_of(answer, path)
    wrong = [f"{knock} {path}: {found}, not {knock.expected}"] if found != knock.expected else []
    outside = ROLES.get(knock.actor) is None
    words = leaks(answer, path) if outside or knock.actor != "participant" else []
    return wrong + [f"{knock} {path} reads “{word}”" for word in words if outside or word == OKAPI]


def changes_nothing(row: Page, knock: Knock) -> bool:
    if knock.method == "GET":
        return row.name not in PLAYED
    return knock.expected != OPEN and row.name not in NOTED


@pytest.mark.parametrize("area", ONE_VERB)
def test_what_is_not_yours_looks_exactly_like_what_is_not_there(area: str, world: World) -> None:
    """Pages, and fragments as htmx fetches them; and neither writes a row."""
    different, before = [], written()
    for row in ONE_VERB[area]:
        for thing, path, missing in places(row, world):
            if thing is None:
                continue
            for knock in strangers_to(thing, row):
                found, nothing = (known(world, row, at, knock) for at in (path, missing))
                different += [
                    (str(knock), path, one, other)
                    for one, other in zip(found, nothing, strict=True)
                    if one != other
                ]
    assert different[:1] == []
    assert written() == before


def strangers_to(thing: Thing, row: Page) -> Iterator[Knock]:
    for actor in sorted({"foreign_admin", "responder", "administrator"} - set(thing.seen_by)):
        if row.name in ("break_glass", "incident") and actor == "administrator":
            continue  # may know that there is a private incident: the door asks for a reason
        for method, headers in (("GET", {}), ("GET", FRAGMENT), ("POST", {})):
            if row.get if method == "GET" else row.post:
                yield Knock(actor, method, MISSING, headers)


def known(world: World, row: Page, path: str, knock: Knock) -> tuple[Any, ...]:
    """Of an answer that is known already it is not asked again."""
    key = (knock.actor, knock.method, path, *knock.headers)
    if key not in world.kinds:
        world.kinds[key] = kind_of(send(look, world, row, path, knock), path)
    return world.kinds[key]


def test_no_form_is_taken_from_another_site(world: World) -> None:
    """Whatever the method: without the token of the page it is refused, and only GET and HEAD need none.

    Django's middleware asks for it before any view, unless the view is marked."""
    unmarked = {
        name for name, found in addresses().items() if not getattr(found.callback, "csrf_exempt", False)
    }
    assert unmarked == set(addresses()) - WITHOUT_TOKEN
    client = Client(enforce_csrf_checks=True)
    client.cookies = SimpleCookie(world.clients["administrator"].cookies.output(header=""))
    for row in (
        *(page for page in PAGES if page.name in ("account_login", "declare", "add_person")),
        VERBS[0],
    ):
        _thing, path, _missing = next(places(row, world))
        for method in ("POST", "PUT", "DELETE"):
            assert said(ask(client, method, path)) == FORBIDDEN, (method, path)


def knocks(page: Page, thing: Thing | None, strangers: Sequence[str]) -> list[Knock]:
    """Who asks how: everybody that the rule tells apart, and one person by the method that is not taken.

    Some of them look as htmx does. `strangers` are sent to the door before anything is looked for: once per address."""
    found = []
    for method, gate in (("GET", page.get), ("POST", page.post)):
        for actor in (*strangers, *(whom(page, gate, thing) if gate else ["administrator"])):
            by_htmx = method == "GET" and actor in by_htmx_where(gate)
            found.append(Knock(actor, method, judged(page, gate, actor, thing), FRAGMENT if by_htmx else {}))
    return found


def whom(page: Page, gate: Gate, thing: Thing | None) -> list[str]:
    """One view finds the incident for all verbs: about a private one everybody is asked with the first."""
    names = around(gate, thing)
    if page in VERBS[1:] and thing and "viewer" not in thing.seen_by:
        return [name for name in names if name in ("participant", "responder")]
    return names


def by_htmx_where(gate: Gate) -> tuple[str, ...]:
    """Those of whom another one, who may as much or as little, asks for the whole page."""
    return ("deactivated",) if gate in (ADMINISTRATOR, BREAK_GLASS) else ("deactivated", "administrator")


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


def judged(page: Page, gate: Any, actor: str, thing: Thing | None) -> str:
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


def send(how: Ask, world: World, row: Page, path: str, knock: Knock) -> Any:
    sent: dict[str, Any] = dict(knock.headers)
    if knock.method == "POST":
        text = "&".join(f"{name}={value}" for name, value in row.sent.items())
        sent |= {"data": text, "content_type": "application/x-www-form-urlencoded"}
    return how(world.clients[knock.actor], knock.method, path, **sent)
