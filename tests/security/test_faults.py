"""A fault of ours says that it is one, and nothing of the inside: no code, no statement, no word that was sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from tests.api.conftest import problem
from tests.factories import make_user
from tests.security.world import token_of

pytestmark = pytest.mark.django_db(transaction=True)
INSIDE = ("Traceback", "ProgrammingError", "incidents_incident", "SELECT", "psycopg", ".py", "s3cret-w0rd")


@pytest.fixture
def broken() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE incidents_incident RENAME TO away")
        yield
        cursor.execute("ALTER TABLE away RENAME TO incidents_incident")


@pytest.mark.parametrize("address", ["/", "/incidents/?q=s3cret-w0rd", "/incidents/INC-1/"])
def test_a_page(broken: None, address: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user())
    answer = client.get(address)
    assert (answer.status_code, "Something broke" in answer.text) == (500, True)
    assert [word for word in INSIDE if word in answer.text] == []


def test_the_api(broken: None) -> None:
    token = token_of(make_user(is_administrator=True))
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
    told = problem(client.get("/api/v1/incidents?q=s3cret-w0rd"), 500)
    assert (told["title"], told["errors"]) == ("Internal Server Error", [])
    assert [word for word in INSIDE if word in str(told)] == []
