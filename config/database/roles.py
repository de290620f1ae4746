"""Two database roles: the owner migrates, backs up and restores; the app role, which web and worker use, adds to the
timeline and can neither change it nor alter a table.

With DATABASE_URL they are the users of DATABASE_OWNER_URL and DATABASE_URL. The embedded server gets both here.
"""

from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg import errors, sql

from config.database.cluster import ROLES_MADE, Unusable

# The record of what happened and what was said. A line is only ever added; a redaction goes by a trigger.
APPEND_ONLY = (
    "incidents_timelineevent", "incidents_timelinepayload", "incidents_attachment", "foundation_blob",
    "monitoring_maintenanceact",
)  # fmt: skip
READ_ONLY = ("django_migrations",)

_SCHEMA = (
    "GRANT CONNECT ON DATABASE {database} TO {app}",
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {app}",
    "GRANT USAGE ON SCHEMA public TO {app}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {app}",
)
_TABLES = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
    # What a later migration makes.
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
)


def grant(alias: str = "default") -> None:
    """As the owner, after each migration: give the app role what it needs and nothing else. Nothing with one role.

    Raises Unusable when the app role is not there.
    """
    connection, app = connections[alias], settings.NIGHTDESK_APP_ROLE
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [app])
        owner, there = cursor.fetchone()
        if owner == app:
            return
        # Two starts at once must not trip over each other's changes to the same rows of the catalogue.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('nightdesk.roles'))")
        if not there:
            _make(cursor, app)
        for line in _SCHEMA:
            _try(connection, line, app)
        for line in _TABLES:
            cursor.execute(_filled(line, connection, app))
        tables = connection.introspection.table_names(cursor)
        for table in (*APPEND_ONLY, *READ_ONLY):
            if table in tables:
                _narrow(cursor, table, app)
    _remember(connection)


def _make(cursor: CursorWrapper, app: str) -> None:
    if settings.DATABASE_URL:
        raise Unusable(
            f"DATABASE_URL names the role “{app}”, which this PostgreSQL does not have. "
            "Create it first: docs/production.md has the lines"
        )
    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(app)))


def _try(connection: BaseDatabaseWrapper, line: str, app: str) -> None:
    """On a server of yours, database and schema may be somebody else's to give: what they are stays then."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(_filled(line, connection, app))
    except Exception as problem:
        if not isinstance(problem.__cause__, errors.InsufficientPrivilege):
            raise


def _narrow(cursor: CursorWrapper, table: str, app: str) -> None:
    allowed = "SELECT" if table in READ_ONLY else "SELECT, INSERT"
    names = {"table": sql.Identifier(table), "app": sql.Identifier(app)}
    cursor.execute(sql.SQL("REVOKE ALL ON {table} FROM PUBLIC, {app}").format(**names))
    cursor.execute(sql.SQL(f"GRANT {allowed} ON {{table}} TO {{app}}").format(**names))


def _filled(line: str, connection: BaseDatabaseWrapper, app: str) -> sql.Composed:
    database = sql.Identifier(connection.settings_dict["NAME"])
    return sql.SQL(line).format(app=sql.Identifier(app), database=database)


def _remember(connection: BaseDatabaseWrapper) -> None:
    """From now on every process on this data folder connects as the app role (config/embedded.py)."""
    here, ours = connection.settings_dict, settings.OWNER_DATABASE
    if not settings.DATABASE_URL and (here["HOST"], here["NAME"]) == (ours["HOST"], ours["NAME"]):
        (Path(settings.EMBEDDED) / ROLES_MADE).touch()
