"""A database that is busy: nobody waits for ever, and the person is told that nothing was lost."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from config.environment.connections import LIMITS, database, limit
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Status
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> User:
    return make_user("ada@example.test")


@pytest.fixture
def incident(ada: User) -> Incident:
    product = make_product()
    join(ada, product.team)
    return declare(product, by=ada, title="Sign-in fails", severity=product.severities().first())


@pytest.fixture
def held(incident: Incident, database_url: str) -> Iterator[psycopg.Connection]:
    """Somebody else holds the incident's row, and this test's own connection waits for 0.2 s only."""
    with psycopg.connect(database_url) as other:
        other.execute("SELECT 1 FROM incidents_incident WHERE id = %s FOR UPDATE", [incident.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        yield other
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def test_a_verb_that_waits_too_long_is_told_kindly_and_can_be_sent_again(
    client: Client, ada: User, incident: Incident, held: psycopg.Connection
) -> None:
    client.force_login(ada)
    began = time.monotonic()
    answer = client.post("/incidents/INC-1/note", {"text": 'Cache "is" full'})
    assert time.monotonic() - began < 2
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Nothing was changed and nothing was lost." in answer.text
    assert '<input type="hidden" name="text" value="Cache &quot;is&quot; full">' in answer.text
    assert incident.events.filter(kind="noted").count() == 0

    held.rollback()
    assert client.post("/incidents/INC-1/note", {"text": 'Cache "is" full'}).status_code == 302
    assert incident.events.filter(kind="noted").count() == 1


def test_a_live_page_is_told_in_place(client: Client, ada: User, held: psycopg.Connection) -> None:
    client.force_login(ada)
    answer = client.post("/incidents/INC-1/note", {"text": "x"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (503, "none")
    assert answer.text.startswith('<hx-partial hx-target="#notice"')


def test_other_mistakes_stay_mistakes(client: Client, ada: User, incident: Incident) -> None:
    client.force_login(ada)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE incidents_incident RENAME TO away")
    try:
        client.raise_request_exception = False
        assert client.get("/incidents/INC-1/").status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO incidents_incident")
    assert incident.status != Status.RESOLVED


def test_limits_are_asked_for_when_connecting(database_url: str) -> None:
    entry = database("DATABASE_URL", database_url)
    entry["OPTIONS"] = {"options": "-c lock_timeout=7s"}
    limit(entry)
    with psycopg.connect(database_url, options=entry["OPTIONS"]["options"]) as found:
        names = LIMITS
        told = [found.execute(f"SHOW {name}").fetchone() for name in names]
    assert told == [("30s",), ("7s",), ("1min",), ("3",)]
