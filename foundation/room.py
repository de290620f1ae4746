"""Whether PostgreSQL's disk takes what is new: noted where a write was refused, and tried until one is taken again.

Of a server of one's own nobody here can measure the disk: what it refused is the only sign. A process that goes on
saying so in its pulse (foundation/pulse.py) tries by itself, so nobody has to write anything for it to be over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import errors

from foundation.outage import Outage, outage

# More than freed places in our tables could hold, as rows that are not compressed; taken back at once.
_TRY = """
CREATE TEMPORARY TABLE nightdesk_room AS
SELECT repeat(md5(n::text), 30) AS filler FROM generate_series(1, 2000) AS n"""
# Where our role may make no temporary table, this long without a refusal counts as room.
FORGOTTEN = timedelta(minutes=1)


@dataclass
class Refusals:
    """Of this process, since the last write that was taken."""

    first: datetime | None = None
    last: datetime | None = None


_seen = Refusals()


def refused(problem: BaseException) -> bool:
    """Whether a write failed for want of room; from then on this process knows it."""
    if outage(problem) is not Outage.FULL:
        return False
    _seen.last = datetime.now(UTC)
    _seen.first = _seen.first or _seen.last
    return True


def gone_since() -> datetime | None:
    """Since when this process knows of no room; None while there is."""
    return _seen.first


def look(connection: psycopg.Connection[Any]) -> None:
    """Write, and take it back: where that works there is room again. Raises what PostgreSQL says otherwise."""
    if _seen.last is None:
        return
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(_TRY)
    except errors.InsufficientPrivilege:
        if datetime.now(UTC) - _seen.last < FORGOTTEN:
            return
    forget()


def forget() -> None:
    """There is room, as far as this process knows."""
    _seen.first = _seen.last = None
