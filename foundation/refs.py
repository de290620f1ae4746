"""Public refs such as INC-42: one counter row per kind, so that numbers are never re-used."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

# No counter comes this far; with its kind before it a ref has at most 20 characters.
THROWAWAY_FROM = 10**16

_throwaway: ContextVar[bool] = ContextVar("throwaway_numbers", default=False)


def next_number(kind: str) -> int:
    """The next number of that kind.

    Runs inside the caller's transaction; a rolled-back caller leaves a gap or none, never a repeat.
    """
    if _throwaway.get():
        return THROWAWAY_FROM + secrets.randbelow(THROWAWAY_FROM)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_refcounter (kind, last) VALUES (%s, 1) "
            "ON CONFLICT (kind) DO UPDATE SET last = foundation_refcounter.last + 1 RETURNING last",
            [kind],
        )
        (number,) = cursor.fetchone()
    return int(number)


@contextmanager
def throwaway_numbers() -> Iterator[None]:
    """While it lasts, numbers at random that no counter reaches: for what never stays, so that nobody waits for it."""
    token = _throwaway.set(True)
    try:
        yield
    finally:
        _throwaway.reset(token)
