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
from tests.security.around_incident import OKAPI, ZEBRA
from tests.security.world import ROLES, Thing

OPEN, SIGN_IN, FORBIDDEN, MISSING, NO_METHOD = "open", "sign in", "forbidden", "missing", "no such method"


HOUSE = ("viewer", "responder", "manager", "team_admin", "administrator")
# What differs from answer to answer by itself.
UNCOUNTED = {"Set-Cookie", "Content-Length", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}


def around(gate: object, thing: Thing | None) -> list[str]:
    """Whom to ask: who just may and who just may not, administrators, outsiders; of a private thing, everybody.

    A greater role may all that a lesser may (accounts.models.Role), so those between say nothing new.
    """
    if thing is None:
        return [name for name in ROLES if name != "participant"]
    if not isinstance(gate, Role) or not set(HOUSE) <= set(thing.seen_by):
        return list(ROLES)
    near = [name for name in HOUSE[:-1] if 0 <= gate.rank - thing.seen_by[name].rank <= 1]
    return [*near, HOUSE[-1], "foreign_admin"]


def ask(client: Client, method: str, path: str, data: str = "", **sent: Any) -> Any:
    """The answer; whatever it did to the database is undone, and the client keeps its session."""
    cookies = client.cookies.output(header="")
    with transaction.atomic():
        answer = client.generic(method, path, data, **sent)
        transaction.set_rollback(True)
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
