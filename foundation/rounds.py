"""A round of work in which one bad item stops none of the others."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar

import structlog
from django.db import connection

from foundation import heartbeat

log = structlog.get_logger(__name__)
_loop = ContextVar("loop", default="ticker")


def of(loop: str) -> None:
    """Rounds of this thread are that loop's signs of life."""
    _loop.set(loop)


def each[T](name: str, items: Iterable[T], do: Callable[[T], int]) -> int:
    """Do every item; returns the sum. One that fails is said and left for the next round.

    A lost database is nobody's fault: it is raised, for every further item would fail too.
    """
    return sum(attempt(name, item, do) or 0 for item in items)


def attempt[T](name: str, item: T, do: Callable[[T], int]) -> int | None:
    """What `do` returned, or None when it failed."""
    try:
        done = do(item)
        heartbeat.beat(_loop.get())  # a long round is no silence
        return done
    except Exception:
        if connection.connection is not None and not connection.is_usable():
            raise
        log.exception(f"{name}.failed", item=str(item))
        return None
