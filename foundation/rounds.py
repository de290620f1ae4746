"""A round of work in which one bad item stops none of the others."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar

import structlog
from django.db import connection

from foundation import heartbeat, room
from foundation.outage import Seldom, in_one_line, unmade

log = structlog.get_logger(__name__)
_loop = ContextVar("loop", default="ticker")
_seldom = Seldom()


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
    except Exception as problem:
        if connection.connection is not None and not connection.is_usable():
            raise
        failed(f"{name}.failed", problem, item=str(item))
        return None


def failed(event: str, problem: Exception, **facts: str) -> None:
    """Says it with its traceback. A full disk and tables that are still to be made fail everything in every round: a
    line a minute, for the log may lie on that disk."""
    if not room.refused(problem) and not unmade(problem):
        log.exception(event, **facts)
    elif _seldom.may_say(event):
        log.error(event, error=in_one_line(problem), **facts)
