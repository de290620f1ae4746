"""A database without room, and one that does not answer: what people, scripts and the log are told."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from structlog.testing import capture_logs

from accounts.models import User
from accounts.tokens import make_token
from foundation import rounds
from foundation.logging import NotConnecting, OutagesInOneLine
from foundation.outage import Outage, Seldom, Spell, outage
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from tests.factories import PASSWORD, join, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SAID = 'could not extend file "base/5/16412": No space left on device'
AWAY = "The database does not answer"


@pytest.fixture
def ada() -> User:
    return make_user("ada@example.test", password=PASSWORD)


@pytest.fixture
def incident(ada: User) -> Incident:
    product = make_product()
    join(ada, product.team)
    return declare(product, by=ada, title="Sign-in fails", severity=product.severities().first())


@pytest.fixture
def full(incident: Incident) -> Iterator[None]:
    """PostgreSQL refuses rows of the timeline and of the cache as it does without room on the disk."""
    tables = ("incidents_timelineevent", "nightdesk_cache")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE '{SAID}' USING ERRCODE = 'disk_full', HINT = 'Check free disk space.'; END $$"
        )
        for table in tables:
            cursor.execute(f"CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION no_room CASCADE")


@pytest.fixture
def away(incident: Incident, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No server listens where the settings say."""
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", str(tmp_path))
        yield
        connection.close()


def test_on_a_full_disk_nothing_is_changed_and_it_can_be_sent_again(
    client: Client, ada: User, incident: Incident, full: None
) -> None:
    client.force_login(ada)
    with capture_logs() as log:
        answer = client.post("/incidents/INC-1/note", {"text": "Cache is empty"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "<h1>The disk is full</h1>" in answer.text
    assert "Nothing was changed." in answer.text
    assert '<input type="hidden" name="text" value="Cache is empty">' in answer.text
    assert [line for line in log if line["event"] == "database.full"] == [
        {"event": "database.full", "log_level": "warning", "path": "/incidents/INC-1/note", "error": SAID}
    ]
    answer = client.post("/incidents/INC-1/note", {"text": "x"}, headers={"HX-Request": "true"})
    assert answer.text.startswith('<hx-partial hx-target="#notice"')
    assert "<b>The disk is full.</b>" in answer.text


def test_a_script_hears_that_the_disk_is_full(ada: User, full: None) -> None:
    _token, text = make_token(ada, by=None, name="deploy", scopes=["incidents"])
    answer = Client().post(
        "/api/v1/incidents/INC-1/acknowledge",
        content_type="application/json",
        headers={"Authorization": f"Bearer {text}"},
    )
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["detail"]) == (
        503,
        "60",
        "The database's disk is full: nothing was changed.",
    )


def test_a_full_disk_is_not_taken_for_too_many_tries(client: Client, ada: User, full: None) -> None:
    answer = client.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    assert (answer.status_code, "<h1>The disk is full</h1>" in answer.text) == (503, True)
    assert PASSWORD not in answer.text


def test_while_the_database_is_away_pages_say_so_and_the_log_has_a_line(
    client: Client, away: None, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    client.cookies["sessionid"] = "k3x1a0k3x1a0k3x1a0k3x1a0k3x1a0k3"
    with caplog.at_level(logging.ERROR):
        answer = client.get("/incidents/?q=cache")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
    assert f"<h1>{AWAY}</h1>" in answer.text
    assert '<a href="/incidents/?q=cache">Try again</a>' in answer.text
    lines = [record for record in caplog.records if record.name == "django.request"]
    assert [(line.exc_info, line.getMessage().partition(" (")[0]) for line in lines] == [
        (None, "Service Unavailable: /incidents/")
    ]
    answer = client.post("/incidents/INC-1/note", {"text": "x"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (503, "none")
    assert answer.text.startswith('<hx-partial hx-target="#notice"')


def test_a_configuration_that_is_read_twice_says_it_still() -> None:
    """`dictConfig` adds its filters to those that a logger has."""
    gone = OperationalError("connection failed")
    gone.__cause__ = psycopg.OperationalError("connection failed")
    record = logging.LogRecord("django.request", 40, "", 0, "Away", (), (OperationalError, gone, None))
    record.status_code = 503
    assert [OutagesInOneLine().filter(record) for _ in range(2)] == [True, True]
    assert (record.getMessage(), record.exc_info) == ("Away (connection failed)", None)


def test_other_mistakes_keep_their_traceback(
    client: Client, ada: User, incident: Incident, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(ada)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE incidents_incident RENAME TO away")
    try:
        answer = client.get("/incidents/INC-1/")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO incidents_incident")
    assert (answer.status_code, "Something broke on our side" in answer.text) == (500, True)
    assert [bool(record.exc_info) for record in caplog.records if record.name == "django.request"] == [True]


def refused(statement: str) -> OperationalError:
    with pytest.raises(OperationalError) as found, connection.cursor() as cursor:
        cursor.execute(statement)
    return found.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("disk_full", Outage.FULL),
        ("too_many_connections", Outage.AWAY),
        ("cannot_connect_now", Outage.AWAY),
        ("connection_failure", Outage.AWAY),
        ("lock_not_available", None),
        ("query_canceled", None),
        ("deadlock_detected", None),
    ],
)
def test_what_postgresql_says_is_told_apart(code: str, kind: Outage | None) -> None:
    assert outage(refused(f"DO $$ BEGIN RAISE 'no' USING ERRCODE = '{code}'; END $$")) is kind


def test_a_session_that_was_ended_is_an_outage_and_a_mistake_is_none() -> None:
    assert outage(refused("SELECT pg_terminate_backend(pg_backend_pid())")) is Outage.AWAY
    connection.close()
    assert outage(ValueError("No space left on device")) is None


def test_in_the_rounds_of_a_worker_a_full_disk_is_a_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_seldom", Seldom())
    problem = refused(f"DO $$ BEGIN RAISE '{SAID}' USING ERRCODE = 'disk_full'; END $$")

    def write(number: int) -> int:
        raise problem if number else ValueError("a mistake")

    with capture_logs() as log:
        assert rounds.each("breaches", [1, 2, 3, 0, 0], write) == 0
    full = {"event": "breaches.failed", "log_level": "error", "error": SAID, "item": "1"}
    mistake = {"event": "breaches.failed", "log_level": "error", "exc_info": True, "item": "0"}
    assert log == [full, mistake, mistake]


def test_tables_that_are_still_to_be_made_are_a_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_seldom", Seldom())

    def ask(_number: int) -> int:
        with connection.cursor() as cursor:
            return len(cursor.execute("SELECT FROM later").fetchall())

    with capture_logs() as log:
        assert rounds.each("breaches", [1, 2], ask) == 0
    assert [(line["event"], line["error"]) for line in log] == [
        ("breaches.failed", 'relation "later" does not exist')
    ]


def test_what_keeps_the_pool_from_connecting_is_said_once_a_minute() -> None:
    seldom = NotConnecting()

    def said(words: str) -> bool:
        return bool(seldom.filter(logging.LogRecord("psycopg.pool", logging.WARNING, "", 0, words, (), None)))

    assert said("error connecting in 'pool-1': FATAL:  too many connections for role")
    assert not said("error connecting in 'pool-1': FATAL:  too many connections for role")
    assert said("discarding closed connection: x")


def test_an_outage_is_said_at_its_beginning_and_at_its_end() -> None:
    kept: list[tuple[str, Any]] = []

    class Log:
        def warning(self, event: str, **facts: Any) -> None:
            kept.append((event, facts["error"]))

        def info(self, event: str, **facts: Any) -> None:
            kept.append((event, None))

    spell = Spell(Log(), "lost", "back")
    for _ in range(2):
        spell.is_over()
        for words in ("server closed\n\tthe connection", "connection refused", "connection refused"):
            spell.lasts(OperationalError(words))
    spell.is_over()
    assert kept == [("lost", "server closed"), ("back", None)] * 2
