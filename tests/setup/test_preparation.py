"""What stands between a database and the first request."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.exceptions import MigrationSchemaMissing

from config.backup import address
from config.database import migrated
from config.database.cluster import Unusable
from config.database.migrated import unknown
from config.starting import preparation
from tests.patience import MUST_S, START_S
from tests.setup.running import ROOT, environment

NEWER = (
    "the database was last used by a newer Nightdesk: this one does not know incidents.0999_future. Start that version "
    "or a later one, or restore a backup from before it. Nothing was changed."
)
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


@pytest.mark.django_db
def test_tables_of_a_newer_version_are_left_alone() -> None:
    migrated.refuse_newer(preparation._made())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('incidents', '0999_future', now()), "
            "('an_app_that_left', '0001_initial', now())"
        )
    with pytest.raises(Unusable) as refused:
        migrated.refuse_newer(preparation._made())
    assert str(refused.value) == (NEWER)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "program",
    [
        ["-m", "config.web", "--port", "0"],
        ["-m", "config.celery_worker"],
        ["-m", "celery", "--quiet", "-A", "config", "worker"],
    ],
)
def test_an_old_web_process_or_worker_does_not_begin_on_them(
    tmp_path: Path, database_url: str, program: list[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('incidents', '0999_future', now())"
        )
        try:
            found = subprocess.run(
                [sys.executable, *program], env=environment(tmp_path / "data", DATABASE_URL=database_url), cwd=ROOT,
                capture_output=True, text=True, timeout=START_S, check=False,
            )  # fmt: skip
        finally:
            cursor.execute("DELETE FROM django_migrations WHERE name = '0999_future'")
    assert (found.returncode, found.stdout, "Traceback" in found.stderr) == (1, "", False)
    assert found.stderr.splitlines()[-1] == f"Nightdesk cannot start: {NEWER}"


def test_what_a_migration_on_disk_replaced_is_known() -> None:
    class Squashed(Migration):
        replaces = (("incidents", "0001_initial"), ("incidents", "0002_old"))

    name = "0001_squashed_0002_old"
    there: dict[tuple[str, str], Migration] = {("incidents", name): Squashed(name, "incidents")}
    asked = ["incidents.0002_old", "incidents.0003_new", "another.0001_initial"]
    assert unknown(asked, there) == ["incidents.0003_new"]
