"""A server of one's own whose disk is full: known from what it refused, over when it takes something again."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.test import Client

from config.health import banner
from config.health.reader import reader
from foundation import room, rounds
from foundation.pulse import Pulse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def full(truth: None) -> Iterator[None]:
    """PostgreSQL makes no new table, as without room on its disk; what fits into old pages it takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS event_trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute("CREATE EVENT TRIGGER no_room ON ddl_command_start WHEN TAG IN ('CREATE TABLE AS') "
                       "EXECUTE FUNCTION no_room()")  # fmt: skip
    yield
    make_room()
    room.forget()


def make_room() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EVENT TRIGGER IF EXISTS no_room")
        cursor.execute("DROP FUNCTION IF EXISTS no_room")


def write() -> int:
    """What a sweep of a worker does."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE more AS SELECT 1")
    return 1


def told() -> str:
    """By /readyz, /metrics and the banner, which go by one judgement: what the database's part says of a full disk."""
    reader.keep(None)
    answer = Client().get("/readyz")
    part = next(part for part in answer.json()["parts"] if part["key"] == "database")
    alarms = [alarm.summary for alarm in banner.loud()]
    full = part["summary"].startswith("The database's disk has been full since ")
    assert full == (not part["ok"]) == (part["summary"] in alarms)
    assert f'nightdesk_part_ok{{part="database"}} {float(not full)}' in Client().get("/metrics").text
    assert answer.status_code == 503 if full else True
    return part["summary"] if full else ""


def test_a_refused_write_is_said_until_one_is_taken() -> None:
    pulse = Pulse("worker")
    assert told() == ""
    rounds.each("sweep", [1], lambda _item: write())
    with pytest.raises(psycopg.errors.DiskFull):
        room.look(pulse._connected())
    said = told()
    assert said.endswith(" UTC: what is new may not be saved. Make room there, and it goes on by itself.")
    assert len(banner.loud()) == 1  # not what follows from it
    # A web process that writes nothing itself hears it from the worker's pulse.
    pulse.write()
    room.forget()
    assert told() == said
    make_room()
    room.refused(psycopg.errors.DiskFull())
    room.look(pulse._connected())
    pulse.write()
    assert told() == ""
    pulse.end("stopped")
