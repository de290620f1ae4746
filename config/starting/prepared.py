"""Whether a start finds everything prepared already: looked at without our apps, which take a second to load.

`prepare` leaves a record in the database when it has come to its end: of which code and which settings it was. Where
code and settings are still the same, and all that prepare would make is there when asked, there is nothing left to do.
The record is a comment on a table: nobody but the owner can write it, and no backup carries it elsewhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
import psycopg
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from config.backup import address
from config.database.roles import APPEND_ONLY
from config.starting import static_files

RECORD = "prepared by "
_STANDING = """
SELECT obj_description(to_regclass('django_migrations'), 'pg_class'), to_regclass('nightdesk_cache') IS NOT NULL"""
# A table that the app role cannot use, or a record that it could change.
_AMISS = """
SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND CASE
    WHEN relname = 'django_migrations' THEN NOT has_table_privilege(%(app)s, oid, 'SELECT')
    WHEN relname = ANY(%(append_only)s) THEN NOT has_table_privilege(%(app)s, oid, 'SELECT')
        OR NOT has_table_privilege(%(app)s, oid, 'INSERT')
        OR %(narrow)s AND has_table_privilege(%(app)s, oid, 'UPDATE, DELETE, TRUNCATE')
    ELSE NOT (SELECT bool_and(has_table_privilege(%(app)s, oid, verb))
        FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) verb) END)"""
_CURRENT = """
SELECT process.key, version.source, version.sha256
FROM products_process process JOIN products_processversion version ON version.id = process.current_id"""


def nothing_left() -> bool:
    """Whether `prepare` would change nothing. False in any doubt: then it looks itself, and says what is wrong."""
    if settings.NIGHTDESK_PROCESS_DIR is not None or not static_files.are_collected():
        return False
    if not settings.DATABASE_URL and settings.APP_DATABASE["USER"] == settings.OWNER_DATABASE["USER"]:
        return False  # the second role is still to be made
    try:
        with psycopg.connect(**address.of(settings.DATABASES["default"])) as database:  # type: ignore[arg-type]
            return stands(database)
    except psycopg.Error:
        return False


def stands(database: psycopg.Connection[Any]) -> bool:
    """Whether the record in `database` is of this code, and what it promises is there."""
    return all(look(database) for look in (_is_recorded, _migrated, _roles_stand, _begun, _shipped))


def remember() -> None:
    """As the owner, at the end of a prepare: this code with these settings has made everything."""
    # Whoever may not, because the tables are somebody else's, prepares again at each start.
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE django_migrations IS '{RECORD}{state()}'")


def state() -> str:
    """A digest over our apps' code and data, the migrations of all apps, and what settings say of the database."""
    seen = hashlib.sha256()
    seen.update(repr((django.VERSION, settings.NIGHTDESK_APP_ROLE, settings.OWNER_DATABASE["USER"])).encode())
    seen.update(repr(sorted(migrations())).encode())
    for path in (settings.BASE_DIR / "requirements.lock", *_our_files()):
        seen.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0")
        if path.is_file():
            seen.update(hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()


def migrations() -> set[tuple[str, str]]:
    """(app, name) of each migration that lies on disk, as django_migrations names them."""
    found: set[tuple[str, str]] = set()
    for label, folder in _apps():
        for path in (folder / "migrations").glob("[!_~]*.py"):
            found.add((label, path.stem))
    return found


def _apps() -> Iterator[tuple[str, Path]]:
    """Label and folder of each installed app; none of them is imported."""
    for name in settings.INSTALLED_APPS:
        if (ours := settings.BASE_DIR / name).is_dir():
            yield name, ours
        elif (spec := importlib.util.find_spec(name)) and spec.submodule_search_locations:
            yield name.rpartition(".")[2], Path(spec.submodule_search_locations[0])


def _our_files() -> Iterator[Path]:
    for _label, folder in _apps():
        if folder.parent == settings.BASE_DIR:
            for top, folders, files in os.walk(folder):
                folders[:] = sorted(name for name in folders if name != "__pycache__")
                yield from (Path(top, name) for name in sorted(files) if name.endswith((".py", ".yaml")))


def _is_recorded(database: psycopg.Connection[Any]) -> bool:
    record, has_cache = database.execute(_STANDING).fetchone() or (None, False)
    return bool(has_cache) and record == f"{RECORD}{state()}"


def _migrated(database: psycopg.Connection[Any]) -> bool:
    applied = set(database.execute("SELECT app, name FROM django_migrations").fetchall())
    return migrations() <= applied


def _roles_stand(database: psycopg.Connection[Any]) -> bool:
    app = settings.NIGHTDESK_APP_ROLE
    asked = {"app": app, "append_only": list(APPEND_ONLY), "narrow": app != settings.OWNER_DATABASE["USER"]}
    return database.execute(_AMISS, asked).fetchone() == (False,)


def _begun(database: psycopg.Connection[Any]) -> bool:
    return database.execute("SELECT EXISTS (SELECT FROM accounts_user)").fetchone() == (True,)


def _shipped(database: psycopg.Connection[Any]) -> bool:
    """Each process that ships is in force as it ships, or somebody here has another."""
    current = {key: (source, sha) for key, source, sha in database.execute(_CURRENT).fetchall()}
    for path in (settings.BASE_DIR / "products" / "processes").glob("*.yaml"):
        source, sha = current.get(path.stem, ("shipped", ""))
        if source == "shipped" and sha != hashlib.sha256(path.read_bytes()).hexdigest():
            return False
    return True
