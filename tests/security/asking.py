"""One request of one actor, undone at once, and what came of it in one word."""

from __future__ import annotations

import re
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Role
from tests import depth
from tests.security.around_incident import OKAPI, ZEBRA
from tests.security.pages import EVERYBODY
from tests.security.world import ROLES, Thing

OPEN, SIGN_IN, FORBIDDEN, MISSING, NO_METHOD = "open", "sign in", "forbidden", "missing", "no such method"


HOUSE = ("viewer", "responder", "manager", "team_admin", "administrator")
OUTSIDE = ("foreign_admin", "teamless")
# What differs from answer to answer by itself.
UNCOUNTED = {"Set-Cookie", "Content-Length", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}


def around(gate: object, thing: Thing | None) -> list[str]:
    """Whom to ask: who just may and who just may not, administrators, outsiders.

    A greater role may all that a lesser may (accounts.models.Role), so those between say nothing new: where no role is
    asked for, the least and the greatest. Of a private thing: its circle, an equal outside of it, and the greatest. A
    deep run asks everybody everywhere (docs/decisions/0007-two-depths.md).
    """
    if depth.is_deep():
        return list(ROLES)
    if thing and set(thing.seen_by) == {"participant"}:
        return ["participant", "responder", "team_admin", "administrator", "foreign_admin"]
    if thing and not set(HOUSE) <= set(thing.seen_by):
        return list(ROLES)
    if gate == EVERYBODY:
        return ["administrator"]  # besides strangers
    near = ["viewer", "team_admin"]
    if isinstance(gate, Role):
        near = [name for name in HOUSE[:-1] if 0 <= gate.rank - _role(name, thing).rank <= 1]
    return [*near, "administrator", *OUTSIDE[: 1 if thing else 2]]


def _role(name: str, thing: Thing | None) -> Role:
    role = thing.seen_by[name] if thing else ROLES[name]
    assert role is not None
    return role


def ask(client: Client, method: str, path: str, data: str = "", **sent: Any) -> Any:
    """The answer; whatever it did to the database is undone, and the client keeps its session."""
    with transaction.atomic():
        answer = look(client, method, path, data, **sent)
        transaction.set_rollback(True)
    return answer


def look(client: Client, method: str, path: str, data: str = "", **sent: Any) -> Any:
    """As `ask` where nothing is written: whoever uses it holds that against `written`, and saves three statements."""
    cookies = client.cookies.output(header="")
    answer = client.generic(method, path, data, **sent)
    if client.cookies.output(header="") != cookies:
        client.cookies = SimpleCookie(cookies)
    return answer


# Who was here and how often: noted beside what was asked for, at most once in a while.
NOTES = {"accounts_counted", "django_session", "nightdesk_cache", "usersessions_usersession"}
_TABLES = """
SELECT array_agg(oid) FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)"""
_WRITTEN = """
SELECT sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
           + pg_stat_get_xact_tuples_deleted(oid))
  FROM unnest(%s) AS oid"""


def written() -> int:
    """How many rows this transaction has written so far, but for notes: what was undone since counts, too."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [_tables()])
        found: int = cursor.fetchone()[0]
    return found


@cache
def _tables() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [list(NOTES)])
        found: list[int] = cursor.fetchone()[0]
    return found


def said(answer: Any) -> str:
    """What an answer means for who asked."""
    if answer.status_code in (301, 302) and answer["Location"].startswith("/accounts/login/?next="):
        return SIGN_IN
    words = {401: SIGN_IN, 403: FORBIDDEN, 404: MISSING, 405: NO_METHOD}
    return words.get(answer.status_code, OPEN if answer.status_code < 500 else f"failed {answer.status_code}")


def kind_of(answer: Any, path: str) -> tuple[Any, ...]:
    """Status, headers and body, without what differs between two askings of the same: the address itself."""
    headers = sorted((name, text) for name, text in answer.items() if name not in UNCOUNTED)
    return answer.status_code, headers, _body(answer).replace(path, "PATH")


def leaks(answer: Any, path: str) -> list[str]:
    """The words of the house that an outsider's answer holds; what the outsider sent does not count."""
    text = f"{_body(answer)} {answer.get('Location', '')}".replace(path, "").lower()
    return [word for word in (ZEBRA, OKAPI) if word in text]


def _body(answer: Any) -> str:
    text: str = answer.content.decode("utf-8", "replace")
    return re.sub(r'(csrfmiddlewaretoken" value="|data-now=")[^"]+', r"\1", text)


def addresses() -> dict[str, URLPattern]:
    """Every address of the site but the API's, by its whole name."""
    found: dict[str, URLPattern] = {}

    def walk(patterns: list[Any], names: tuple[str, ...]) -> None:
        for pattern in patterns:
            if not isinstance(pattern, URLResolver):
                found[":".join((*names, pattern.name or str(pattern.pattern)))] = pattern
            elif pattern.namespace != "api":
                walk(pattern.url_patterns, (*names, pattern.namespace) if pattern.namespace else names)

    walk(get_resolver().url_patterns, ())
    return found
