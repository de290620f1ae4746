"""Loading a backup into an empty database: all of it, checked, in one transaction, or nothing."""

from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from config.backup import Trouble, manifest
from config.backup.archive import Archive
from config.backup.load import CutOff, load
from config.backup.settle import Settled, settle
from config.database import cluster
from config.database.migrated import unknown
from incidents.models import Incident
from incidents.timeline.verify import verify

# By who they are, not by what: of another role's connections, as web's and worker's are, the owner may know no more.
_OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"""


@dataclass(frozen=True)
class Restored:
    """`broken`: what is wrong with the timelines, accepted by who restored."""

    timelines: int
    settled: Settled
    broken: list[str]


def restore(archive: Archive, *, elsewhere: bool = True, accept_broken: bool = False) -> Restored:
    """Into the default database, as the owner. Raises Trouble, and the database is as it was.

    `elsewhere`: time has passed and others may have gone on; what waited to be sent is held. False for an upgrade.
    """
    _refuse_newer(archive)
    marker = settings.EMBEDDED / cluster.ROLES_MADE
    fresh = not marker.exists()
    try:
        with transaction.atomic():
            _refuse_busy(archive)
            _fill(archive)
            _check_at_once()
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            broken = [str(found) for found in verify(Incident.objects.all())]
            if broken and not accept_broken:
                raise Trouble(
                    f"A timeline in this backup is broken: {'; '.join(broken[:5])}. Nothing was restored. "
                    "With --accept-broken it is restored as it is, and ./run verify_timeline goes on saying so."
                )
            settled = settle(archive.manifest["made_at"], hold=elsewhere)
            return Restored(len(archive.manifest["incidents"]), settled, broken)
    except (DatabaseError, psycopg.Error) as problem:
        _forget_roles(fresh)
        raise Trouble(f"The database refuses: {_in_short(problem)} Nothing was restored.") from problem
    except CutOff as problem:
        _forget_roles(fresh)
        raise Trouble("The SQL in this backup ends in the middle. Nothing was restored.") from problem
    except BaseException:
        _forget_roles(fresh)
        raise


def _in_short(problem: Exception) -> str:
    said = str(problem).strip().splitlines() or [type(problem).__name__]
    words = said[0].removeprefix("ERROR:").strip().rstrip(".") + "."
    if isinstance(problem, psycopg.errors.InsufficientPrivilege):
        words += " Only the role that owns the database may restore: name it in DATABASE_OWNER_URL."
    return words


def _refuse_newer(archive: Archive) -> None:
    if newer := unknown(archive.manifest["migrations"]):
        raise Trouble(
            f"This backup was made by a newer Nightdesk ({archive.manifest['version']}): this one does not know "
            f"{newer[0]}. Restore it with that version, or a later one. Nothing was restored."
        )


def _refuse_busy(archive: Archive) -> None:
    with connection.cursor() as cursor:
        if found := manifest.tables(cursor):
            raise Trouble(_not_empty(cursor, found))
        cursor.execute(_OTHERS)
        if others := cursor.fetchone()[0]:
            raise Trouble(
                f"Others are connected to this database ({others}). Stop Nightdesk's processes, then restore."
            )
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        major, made_by = cursor.fetchone()[0], archive.manifest["postgres"]
        if major < made_by:
            raise Trouble(f"This backup is from PostgreSQL {made_by}; this server, {major}, is older.")


def _not_empty(cursor: Any, found: list[str]) -> str:
    what = "tables of somebody else"
    if {"accounts_user", "incidents_incident"} <= set(found):
        cursor.execute(
            "SELECT (SELECT count(*) FROM accounts_user), (SELECT count(*) FROM incidents_incident)"
        )
        people, incidents = cursor.fetchone()
        what = f"Nightdesk already ({people} people, {incidents} incidents)"
    where = "create an empty database and name it in DATABASE_URL"
    if not settings.DATABASE_URL:
        where = f"move {settings.EMBEDDED} away, or set NIGHTDESK_DATA to a new folder"
    return f"This database holds {what}. A backup goes into an empty one: {where}. Nothing was changed."


def _fill(archive: Archive) -> None:
    """The dump's rows, counted and compared with what the manifest says."""
    with archive.sql() as dump:
        load(dump, connection.connection)
    with connection.cursor() as cursor:
        found = manifest.facts(cursor, without=tuple(archive.manifest["left_out"]))
    if wrong := [key for key, value in found.items() if value != archive.manifest[key]]:
        raise Trouble(
            f"What was loaded differs from the backup's manifest ({', '.join(wrong)}). Nothing was restored."
        )


def _check_at_once() -> None:
    """The foreign keys of what a migration changes in these rows: as they are of this transaction, PostgreSQL would
    check them at its end, and until then let no migration alter their tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _forget_roles(fresh: bool) -> None:
    """The app's role was taken back with the rest: nobody must look for it (config/embedded.py)."""
    if fresh and not settings.DATABASE_URL:
        (settings.EMBEDDED / cluster.ROLES_MADE).unlink(missing_ok=True)
