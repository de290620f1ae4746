"""What `up` does between a running database and the first request: schema, static files, first start."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string
from psycopg import errors

from config.database.cluster import Unusable
from config.database.migrated import refuse_newer
from config.starting import prepared
from config.starting.static_files import collect_static
from config.supervisor import say
from foundation.outage import in_one_line

# In this order, at every start; a text that one returns is shown.
FIRST_START = (
    "accounts.first_start.ensure_administrator",
    "products.sources.shipped.import_shipped",
    "products.sources.files.import_files",
)


def prepare(*, quietly: bool = False) -> None:
    """Everything, idempotent; `quietly`: the demo says itself how to sign in. Raises Unusable when the database does
    not answer."""
    warn()
    try:
        with alone():
            refuse_newer(_made())
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            collect_static()
            for name in FIRST_START:
                if isinstance(text := import_string(name)(), str) and not quietly:
                    say(text)
            prepared.remember()
    except DatabaseError as problem:
        raise Unusable(f"the database refuses: {_words(problem)}") from problem
    finally:
        connections.close_all()


def _made() -> list[str]:
    made = MigrationRecorder(connections["default"]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in made)


def _words(problem: BaseException) -> str:
    """What PostgreSQL itself said first; Django wraps it once or twice, and once in brackets."""
    cause = problem
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, errors.InsufficientPrivilege):
        return f"{in_one_line(cause)}. The role that owns the tables may: name it in DATABASE_OWNER_URL."
    return in_one_line(cause)


@contextmanager
def alone() -> Iterator[None]:
    """Of several that start at once on one database, one makes the tables; the others wait and find them made.

    A connection of its own holds the lock, for as long as its transaction is open: it ends with the process.
    """
    held = connections.create_connection("default")
    try:
        held.set_autocommit(False)
        with held.cursor() as cursor:
            for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SET LOCAL {limit} = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('nightdesk.prepare'))")
        yield
    finally:
        held.close()


def warn() -> None:
    for text in warnings():
        say(text)


def warnings() -> list[str]:
    """What can be started with and is probably not meant."""
    found = [
        f"NIGHTDESK_FILE_ROOTS: {folder} is not there. What is watched in it is “can't tell” until it is."
        for folder in settings.NIGHTDESK_FILE_ROOTS
        if not folder.is_dir()
    ]
    if settings.HTTPS and not settings.NIGHTDESK_TRUSTED_PROXIES:
        found.append(
            "NIGHTDESK_URL is https and NIGHTDESK_TRUSTED_PROXIES is empty: every visitor seems to come from your "
            "proxy, and all share one rate limit. Set it to the proxy's address, such as 127.0.0.1."
        )
    return found
