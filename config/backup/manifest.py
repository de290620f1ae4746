"""What a database holds, in numbers that a restore can compare: rows per table, and the head of each timeline."""

from typing import Any, Protocol

# Things of the moment: announcements are numbered by the server that made them, and pages that saw them load anew; the
# cache counts attempts to sign in; signs of life are of processes that are gone. And whoever held a backup could use a
# session. Answers to resent requests do travel: a script that sends again after a restore does nothing twice.
OF_THE_MOMENT = ("accounts_counted", "foundation_heartbeat", "live_announcement", "nightdesk_cache")
LEFT_OUT = ("django_session", "usersessions_usersession", *OF_THE_MOMENT)

_TABLES = """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
ORDER BY relname"""


class Cursor(Protocol):
    """Django's or psycopg's."""

    def execute(self, query: Any, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def tables(cursor: Cursor) -> list[str]:
    cursor.execute(_TABLES)
    return [name for (name,) in cursor.fetchall()]


def facts(cursor: Cursor, *, without: tuple[str, ...] = LEFT_OUT) -> dict[str, Any]:
    """`tables` {name: rows}, `incidents` [[ref, entries, hash of the last]], `migrations` ["app.name"], sorted."""
    names = [name for name in tables(cursor) if name not in without]
    counts = {}
    for name in names:
        cursor.execute(f'SELECT count(*) FROM public."{name}"')  # noqa: S608 - a name out of the catalogue
        counts[name] = cursor.fetchall()[0][0]
    cursor.execute(
        "SELECT 'INC-' || number, timeline_seq, timeline_hash FROM public.incidents_incident ORDER BY number"
    )
    heads = [list(row) for row in cursor.fetchall()]
    cursor.execute("SELECT app || '.' || name FROM public.django_migrations ORDER BY 1")
    return {"tables": counts, "incidents": heads, "migrations": [name for (name,) in cursor.fetchall()]}
