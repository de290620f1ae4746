"""Once a day a backup beside the embedded server's data, the last seven kept: for the mistake, not for the broken disk.

Files are the memory of it: what is there, and in `last.json` how the last attempt went. One process at a time holds
the lock; the others go on.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import structlog
from django.conf import settings

from config.backup import Trouble
from config.backup.make import backup
from foundation import moment

KEPT = 7
EVERY, AFTER_FAILURE, AFTER_FIRST_START = timedelta(days=1), timedelta(hours=1), timedelta(hours=1)
_NAME, _FORMAT = re.compile(r"nightdesk-\d{8}T\d{6}Z\.backup"), "nightdesk-%Y%m%dT%H%M%SZ.backup"

# By this process, when the disk is too full even to say so.
_tried: dict[str, str] = {}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class LastBackup:
    """`made_at`: of the newest one, None for none yet; `failed_at` and `said`, when the last attempt failed."""

    made_at: datetime | None
    failed_at: datetime | None
    said: str

    def overdue(self, now: datetime) -> bool:
        """Two days without one, or the last attempt failed."""
        return self.failed_at is not None or (self.made_at is not None and now - self.made_at > 2 * EVERY)


def last_backup() -> LastBackup | None:
    """How the daily backups do; None where DATABASE_URL names a server of yours, whose backups are yours."""
    if settings.DATABASE_URL:
        return None
    last = _last()
    failed = last.get("said") and last.get("ended_at")
    newest = max(_kept(), default=None)
    if (folder := _folder()).exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        said = f"{folder} is no folder that Nightdesk can write into."
        return LastBackup(None, datetime.fromtimestamp(folder.stat().st_ctime, UTC), said)
    return LastBackup(
        _moment(newest) if newest else None,
        _said(failed),
        last.get("said", ""),
    )


def next_due() -> datetime | None:
    """A day after the newest; an hour after the first start; not before an hour after an attempt that failed."""
    if settings.DATABASE_URL:
        return None
    newest = max(_kept(), default=None)
    due = _moment(newest) + EVERY if newest else _first_start() + AFTER_FIRST_START
    began = [_said(at) for at in (_last().get("began_at"), _tried.get("at"))]
    return max([due, *(at + AFTER_FAILURE for at in began if at)])


def back_up() -> bool:
    """Make the day's backup when it is due and nobody else is at it; whether there is a new one. Failure is kept."""
    folder = _folder()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = (folder / ".lock").open("a")
    except OSError as problem:
        # There is no place to note it; last_backup sees it for itself.
        _tried["at"] = moment.now().isoformat()
        _log.error("backup.failed", said=f"{problem.filename}: {problem.strerror}")
        return False
    with lock, _alone(lock) as mine:
        now = moment.now()
        due = next_due()
        if not mine or due is None or due > now:
            return False
        _tried["at"] = now.isoformat()
        _note(began_at=now)
        try:
            backup(folder / f"{now.astimezone(UTC):{_FORMAT}}", settings.OWNER_DATABASE)
        except Exception as problem:
            said = (
                str(problem)
                if isinstance(problem, Trouble)
                else f"Nightdesk itself failed: {type(problem).__name__}"
            )
            _log.exception("backup.failed", said=said)
            _note(began_at=now, ended_at=moment.now(), said=said)
            return False
        _note(began_at=now, ended_at=moment.now())
        for old in sorted(_kept())[:-KEPT]:
            old.unlink(missing_ok=True)
        _log.info("backup.made")
        return True


@contextmanager
def _alone(lock: IO[str]) -> Iterator[bool]:
    """The kernel lets go of the lock when its process dies."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    yield True


def _folder() -> Path:
    folder: Path = settings.NIGHTDESK_DATA
    return folder / "backups"


def _kept() -> list[Path]:
    """Only what we made: a file that somebody put there is left alone."""
    return [path for path in _folder().glob("nightdesk-*.backup") if _NAME.fullmatch(path.name)]


def _moment(path: Path) -> datetime:
    return datetime.strptime(path.name, _FORMAT).replace(tzinfo=UTC)


def _first_start() -> datetime:
    """When the data folder was made; now, where it cannot be seen."""
    try:
        return datetime.fromtimestamp((settings.EMBEDDED / "PG_VERSION").stat().st_mtime, UTC)
    except OSError:
        return datetime.now(UTC)


def _said(text: str | None) -> datetime | None:
    """A time as the file has it; what somebody wrote into it by hand may be none."""
    try:
        return datetime.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None


def _last() -> dict[str, str]:
    try:
        return dict(json.loads((_folder() / "last.json").read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _note(*, began_at: datetime, ended_at: datetime | None = None, said: str = "") -> None:
    """Written anew each time, at once or not at all. A full disk must not stop the attempt to say so."""
    path = _folder() / "last.json"
    aside = path.with_suffix(".new")
    found = {
        "began_at": began_at.isoformat(),
        "ended_at": ended_at.isoformat() if ended_at else "",
        "said": said,
    }
    try:
        aside.write_text(json.dumps(found))
        aside.replace(path)
    except OSError:
        _log.exception("backup.note_failed")
