"""Public refs such as INC-42: one counter row per kind, so that numbers are never re-used."""

from django.db import connection


def next_number(kind: str) -> int:
    """The next number of that kind.

    Runs inside the caller's transaction; a rolled-back caller leaves a gap or none, never a repeat.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_refcounter (kind, last) VALUES (%s, 1) "
            "ON CONFLICT (kind) DO UPDATE SET last = foundation_refcounter.last + 1 RETURNING last",
            [kind],
        )
        (number,) = cursor.fetchone()
    return int(number)
