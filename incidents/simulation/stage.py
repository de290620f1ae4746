"""Where a simulation happens: a transaction with a clock of its own, which is always rolled back.

The database sees to it (migration 0011): what saw this clock cannot be committed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from foundation.refs import throwaway_numbers


class Stage:
    """The clock of one simulation; `now` is what `foundation.moment.now()` and the timeline's trigger read."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        with connection.cursor() as cursor:
            # Named, PostgreSQL's own functions come in the order of the path: ours of the same name goes first.
            cursor.execute(
                "SELECT set_config('search_path', current_setting('search_path') || ', pg_catalog', true)"
            )
            cursor.execute("INSERT INTO incidents_simulatedmoment (at) VALUES (%s)", [now])

    def set(self, now: datetime) -> None:
        self.now = now
        with connection.cursor() as cursor:
            cursor.execute("UPDATE incidents_simulatedmoment SET at = %s", [now])


@contextmanager
def stage(begin: datetime) -> Iterator[Stage]:
    """Whatever is written inside is gone afterwards: rows, announcements, wake-ups. Numbers come from no counter."""
    with throwaway_numbers(), transaction.atomic():
        try:
            yield Stage(begin)
        finally:
            transaction.set_rollback(True)
