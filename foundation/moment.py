"""The one clock: PostgreSQL's. Machines disagree about the time; a breach must not."""

from datetime import datetime

from django.db import connection, models


class Read(models.Func):
    """The same inside a query: the wall clock as its row was read."""

    function = "clock_timestamp"
    arity = 0
    output_field = models.DateTimeField()


def now() -> datetime:
    """The database's wall clock (aware, UTC, microseconds).

    A verb asks once, after it holds the incident's row, and hands the moment on: events of one transaction
    share it. Pure code is given it as an argument.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment  # type: ignore[no-any-return]
