"""The one clock: PostgreSQL's. Machines disagree about the time; a breach must not."""

from datetime import datetime
from typing import Any

from django.db import connection, models


class Read(models.Func):
    """The same inside a query: the wall clock as its row was read."""

    function = "clock_timestamp"
    arity = 0
    output_field = models.DateTimeField()


class Seconds(models.Func):
    """A moment inside a query as seconds since 1970: of thousands a number is read in a tenth of the time."""

    template = "extract(epoch FROM %(expressions)s)::float8"
    arity = 1
    output_field = models.FloatField()

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []  # it is a float already


def now() -> datetime:
    """The database's wall clock (aware, UTC, microseconds).

    A verb asks once, after it holds the incident's row, and hands the moment on: events of one transaction
    share it. Pure code is given it as an argument.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment  # type: ignore[no-any-return]
