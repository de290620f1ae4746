"""What stands between a database and the first request."""

import threading
import time

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.exceptions import MigrationSchemaMissing

from config import preparation
from config.backup import address
from tests.patience import MUST_S

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = %s::oid"


@pytest.mark.django_db(transaction=True)
def test_of_two_that_start_at_once_one_waits_until_the_other_has_made_the_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(preparation, "call_command", lambda name, **_: asked.append(name))
    monkeypatch.setattr(preparation, "FIRST_START", ())
    monkeypatch.setattr(preparation, "collect_static", lambda: asked.append("static"))
    with psycopg.connect(**address.of(connection.settings_dict), autocommit=True) as watching:  # type: ignore[arg-type]
        here = watching.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
        with preparation.alone():
            second = threading.Thread(target=preparation.prepare)
            second.start()
            until = time.monotonic() + MUST_S
            while watching.execute(WAITING, here).fetchone() == (0,):
                assert time.monotonic() < until
                time.sleep(0.02)
            assert asked == []
        second.join(MUST_S)
    assert asked == ["migrate", "createcachetable", "static"]


@pytest.mark.django_db
def test_who_may_not_make_tables_is_told_who_may() -> None:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE nightdesk_app; CREATE TABLE x ()")
    wrapped = MigrationSchemaMissing(f"Unable to create the django_migrations table ({refused.value})")
    wrapped.__cause__ = refused.value
    assert preparation._words(wrapped) == (
        "permission denied for schema public. The role that owns the tables may: name it in DATABASE_OWNER_URL."
    )
