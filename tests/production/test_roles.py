"""The app role can add to the timeline and change nothing of it; the owner migrates."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import ProgrammingError
from psycopg import errors, sql

from accounts.models import User
from config import embedded
from config.backup import address
from config.database import cluster, roles
from config.database.roles import APPEND_ONLY, grant
from config.health import facts
from incidents.lifecycle import transitions
from incidents.models import Incident, TimelinePayload
from incidents.simulation.basis import Basis
from incidents.simulation.play import play
from incidents.simulation.script import Move, Script
from incidents.timeline import corrections
from incidents.timeline.verify import verify
from live.models import Announcement
from tests.factories import join, make_user
from tests.fixtures.begun import Begin
from tests.patience import until
from tests.setup.running import command, up

pytestmark = pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the roles of another server are yours")
REFUSED = errors.InsufficientPrivilege


@contextmanager
def as_app() -> Iterator[None]:
    """What follows is done by the app role."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(cluster.APP)))
        try:
            yield
        finally:
            if connection.connection.info.transaction_status != psycopg.pq.TransactionStatus.INERROR:
                cursor.execute("RESET SESSION AUTHORIZATION")


def told_as_one() -> bool:
    """Whether own health says that the role of this connection may change the timeline."""
    with connection.cursor() as cursor:
        return facts.read(cursor, time.perf_counter).may_delete


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "SELECT * FROM {} FOR UPDATE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} ADD COLUMN x integer",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} OWNER TO nightdesk_app",
        "CREATE TRIGGER x BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION timeline_refuse()",
    ],
)
def test_the_app_role_cannot_change_the_timeline(incident: Incident, table: str, statement: str) -> None:
    if "SET id" in statement and table == "incidents_timelinepayload":
        statement = "UPDATE {} SET label = ''"  # what its trigger would let pass
    if "SET id" in statement and table == "incidents_attachment":
        statement = "UPDATE {} SET event_id = event_id"
    with pytest.raises(ProgrammingError) as refused, as_app(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert isinstance(refused.value.__cause__, REFUSED)
    assert "append-only" not in str(refused.value), "the role is refused before any trigger is asked"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (x integer)",
        "CREATE TEMPORARY TABLE incidents_timelineevent (x integer)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "SET session_replication_role = replica",
        "SET ROLE nightdesk",
        "DROP FUNCTION timeline_refuse() CASCADE",
        "UPDATE django_migrations SET name = ''",
        "ALTER DATABASE nightdesk SET search_path = mine",
    ],
)
def test_the_app_role_defines_nothing(statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused, as_app(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, REFUSED)


@pytest.mark.django_db
def test_the_app_role_works_with_every_other_table_and_may_read_all_of_them() -> None:
    everything = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(verb ORDER BY verb) FROM pg_class, unnest(ARRAY['SELECT', 'INSERT',"
            " 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) verb"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(%s, oid, verb) GROUP BY 1",
            [cluster.APP],
        )
        found = {table: set(verbs) for table, verbs in cursor.fetchall()}
    narrow = {table: {"SELECT", "INSERT"} for table in APPEND_ONLY} | {"django_migrations": {"SELECT"}}
    tables = connection.introspection.table_names()
    assert found == dict.fromkeys(tables, everything) | narrow


@pytest.mark.django_db
def test_a_story_from_alarm_to_redaction_can_be_told_by_the_app_role(incident: Incident, ada: User) -> None:
    second = make_user("second@example.test")
    join(second, incident.product.team)
    with as_app():
        transitions.acknowledge(incident, by=ada)
        note = transitions.note(incident, by=ada, text="A secret slipped in")
        corrections.correct(note, by=ada, text="Still the secret", reason="wording")
        asked = corrections.ask_redaction(note, by=ada, reason="It names a patient")
        corrections.confirm_redaction(asked, by=second)
        assert told_as_one() is False
    assert not TimelinePayload.objects.filter(body__contains="secret").exists()
    assert not Announcement.objects.filter(html__contains="secret").exists()
    assert [str(found) for found in verify(Incident.objects.all())] == []


@pytest.mark.django_db
def test_the_app_role_simulates_a_process(incident: Incident) -> None:
    """docs/decisions/0004: the made-up clock needs no right that the app role lacks."""
    script = Script("HIGH", datetime(2026, 11, 20, 21, tzinfo=UTC), "UTC", (Move(60, "acknowledge"),), 3600)
    with as_app():
        seen = play(Basis.of(incident.process_version), script, lambda played: (played.now, played.refused))
    assert seen == (script.now, [])


@pytest.mark.django_db
def test_one_role_for_everything_is_known_as_such() -> None:
    assert told_as_one() is True  # tests run as the owner


@pytest.mark.django_db
def test_a_role_that_may_become_the_owner_is_not_separate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT nightdesk TO nightdesk_app WITH INHERIT FALSE")
    with as_app():
        assert told_as_one() is True


@pytest.mark.django_db
def test_a_table_that_a_later_migration_makes_is_the_app_s_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id integer GENERATED BY DEFAULT AS IDENTITY, x serial)")
        with as_app():
            cursor.execute("INSERT INTO later DEFAULT VALUES")
            cursor.execute("SELECT id, x FROM later")
            assert cursor.fetchall() == [(1, 1)]


@pytest.mark.django_db
def test_granting_twice_changes_nothing_and_takes_back_what_somebody_gave() -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON incidents_timelineevent TO nightdesk_app, PUBLIC")
    with as_app():
        assert told_as_one() is True
    grant()
    grant()
    with as_app():
        assert told_as_one() is False


@pytest.mark.django_db
def test_a_role_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NIGHTDESK_APP_ROLE", "web_of_yours")
    monkeypatch.setattr(settings, "DATABASE_URL", "postgres://web_of_yours@db/nightdesk")
    with pytest.raises(
        cluster.Unusable, match="names the role “web_of_yours”, which this PostgreSQL does not"
    ):
        roles.grant()


def test_a_data_folder_from_before_the_second_role_is_upgraded_at_its_next_start(
    tmp_path: Path, begin: Begin, ask: Callable[[Path, str], object]
) -> None:
    """As version 0.1 left it: one role, which owns and does everything; and no file that says otherwise."""
    data = begin(tmp_path / "data")
    marker = data / "postgres" / cluster.ROLES_MADE
    with embedded.serving(data / "postgres", durable=False):
        owner = address.of(embedded.settings(data / "postgres", owner=True))
        with psycopg.connect(**owner) as found:  # type: ignore[arg-type]
            found.execute("DROP OWNED BY nightdesk_app")
            found.execute("DROP ROLE nightdesk_app")
    marker.unlink()
    said = command(data, "verify_timeline")  # as the only role there is
    assert (said.returncode, said.stderr) == (0, "")
    with up(data):
        assert marker.exists()
        assert ask(data, "SELECT rolsuper FROM pg_roles WHERE rolname = 'nightdesk_app'") is False
        serving = (
            "SELECT string_agg(DISTINCT usename, ',') FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
        )
        # The site answers before anybody has had to ask the database.
        assert until(lambda: ask(data, serving), "somebody is connected") == "nightdesk_app"


@pytest.fixture
def ask() -> Callable[[Path, str], object]:
    """The one value that the embedded database of a data folder answers its owner."""

    def asked(data: Path, question: str) -> object:
        where = str(embedded.socket_folder(data / "postgres"))
        with psycopg.connect(host=where, port=5432, user=cluster.USER, dbname=cluster.DATABASE) as found:
            row = found.execute(question.encode()).fetchone()
            return row and row[0]

    return asked
