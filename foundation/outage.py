"""When it is the database that failed and not we: its disk is full, or it does not answer."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg import errors

_REPEATED_S = 60.0
_ENDING = (
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.TooManyConnections,
)


class Outage(StrEnum):
    """FULL: nothing was changed. AWAY: of what was under way nobody knows whether it was saved."""

    FULL = "full"
    AWAY = "away"


def outage(problem: BaseException | None) -> Outage | None:
    """Which of them `problem` (Django's or psycopg's) tells of; None for everything else."""
    found = problem.__cause__ if isinstance(problem, OperationalError | InterfaceError) else problem
    if isinstance(found, psycopg.InterfaceError):
        return Outage.AWAY
    if not isinstance(found, psycopg.OperationalError):
        return None
    # A server that cannot even begin a session says so without a code.
    if isinstance(found, errors.DiskFull) or "No space left on device" in str(found):
        return Outage.FULL
    coded = found.sqlstate is not None and not found.sqlstate.startswith("08")
    return Outage.AWAY if isinstance(found, _ENDING) or not coded else None


def unmade(problem: BaseException) -> bool:
    """Whether a table or a column is asked for that a migration still has to make."""
    found = problem if isinstance(problem, psycopg.Error) else problem.__cause__
    return isinstance(found, errors.UndefinedTable | errors.UndefinedColumn)


class Seldom:
    """What would be said several times a second is said once a minute, by its name."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def may_say(self, name: str) -> bool:
        now = time.monotonic()
        if now - self._said.get(name, -_REPEATED_S) < _REPEATED_S:
            return False
        self._said[name] = now
        return True


class Spell:
    """One outage in the log of who tries again and again: its beginning, a line a minute, its end."""

    def __init__(self, log: Any, lost: str, back: str) -> None:
        self._log, self._lost, self._back = log, lost, back
        self._began: float | None = None
        self._seldom = Seldom()

    def lasts(self, error: BaseException) -> None:
        if self._began is None:
            self._began, self._seldom = time.monotonic(), Seldom()
        if self._seldom.may_say(self._lost):
            self._log.warning(
                self._lost, error=in_one_line(error), for_s=round(time.monotonic() - self._began)
            )

    def is_over(self) -> None:
        if self._began is not None:
            self._log.info(self._back, after_s=round(time.monotonic() - self._began, 1))
        self._began = None


def in_one_line(error: BaseException) -> str:
    """What PostgreSQL says first; its hints follow on further lines."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
