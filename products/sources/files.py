"""Processes as files: those of NIGHTDESK_PROCESS_DIR are imported at the start and within seconds of a change.

A broken file changes nothing: its last good version stays, and log, process page and own-health name the line. A file
that is taken away leaves its process as it is. Several machines may look at once; each text becomes one version.
"""

import hashlib
import os
import stat
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connections, transaction
from django.utils.translation import gettext as _

from foundation import moment
from products.models import Process, VersionSource
from products.process import document, load
from products.process.problems import Problem, ProcessError
from products.sources.file import FOLDER, ProcessFile
from products.sources.import_process import import_process

EVERY_S = 10.0
# Who writes a file slowly is not to read that half of it is broken.
SETTLED_S = 1.0

_log = structlog.get_logger(__name__)
_looking = threading.Lock()


@dataclass(frozen=True)
class Found:
    """A file as it lies there; `broken`: why it cannot be read."""

    name: str
    text: bytes = b""
    broken: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text + self.broken.encode()).hexdigest()


def take_in(*, settled: bool = False) -> int:
    """Look at every file once; returns how many new versions that brought. Nothing without NIGHTDESK_PROCESS_DIR.

    `settled`: leave what was changed a moment ago for the next look.
    """
    folder: Path | None = settings.NIGHTDESK_PROCESS_DIR
    if folder is None:
        return 0
    now = moment.now()
    try:
        names = sorted(path.name for path in folder.glob("*.yaml") if not path.name.startswith("."))
    except OSError as problem:
        names, broken = [], problem.strerror or type(problem).__name__
    else:
        broken = "" if folder.is_dir() else _("it is not there")
    _note_folder(folder, broken, now)
    if broken:
        return 0
    taken: dict[str, str] = {}
    created = 0
    for name in names:
        found = read(folder / name, settled=settled)
        created += _take(found, taken, now) if found else _leave(name, taken)
    _note_missing([_shown(name) for name in names], now)
    return created


def import_files() -> None:
    """At the start, after the processes that ship."""
    take_in()


def start_look() -> int:
    """For the ticker, which must not wait for a folder on another machine: looks in a thread of its own, one a time."""
    if settings.NIGHTDESK_PROCESS_DIR is None or not _looking.acquire(blocking=False):
        return 0
    threading.Thread(target=_look, name="process files", daemon=True).start()
    return 0


def _look() -> None:
    try:
        take_in(settled=True)
    except Exception:
        # The next look is in a few seconds; this one must not end the thread's owner.
        _log.exception("process.files_failed")
    finally:
        connections.close_all()
        _looking.release()


def read(path: Path, *, settled: bool) -> Found | None:
    """None for one that is gone, was changed a moment ago, or is changed while it is read."""
    name = _shown(path.name)
    try:
        # Nobody may ever write into a pipe of this name: it is opened without waiting for that.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                return Found(name, broken=_("it is no file"))
            if settled and 0 <= moment.now().timestamp() - before.st_mtime < SETTLED_S:
                return None
            text = file.read(document.MAX_BYTES + 1)
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        return None
    except OSError as problem:
        return Found(name, broken=problem.strerror or type(problem).__name__)
    same = (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
    return Found(name, text) if same else None


def _shown(name: str) -> str:
    """The name of a file as it can be stored and read: one that is no UTF-8 keeps what can be read of it."""
    readable = name.encode(errors="surrogateescape").decode(errors="replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in readable)


def _leave(name: str, taken: dict[str, str]) -> int:
    """A file that is being written keeps its process: no other file of the same key takes it meanwhile."""
    known = ProcessFile.objects.there().filter(name=_shown(name)).exclude(key="").first()
    if known:
        taken.setdefault(known.key, known.name)
    return 0


def _take(found: Found, taken: dict[str, str], now: datetime) -> int:
    """Import one file, or keep what is wrong with it. `taken`: which file brought which process in this look."""
    known = ProcessFile.objects.filter(name=found.name).first()
    same = known is not None and known.sha256 == found.sha256 and known.missing_since is None
    if known and same and not known.problems and known.key not in taken and _is_current(known):
        taken[known.key] = found.name
        return 0
    try:
        if found.broken:
            raise ProcessError([Problem(found.name, 1, "", _("The file cannot be read: %s.") % found.broken)])
        key = load(found.text, name=found.name).key
        if key in taken:
            words = {"key": key, "other": taken[key]}
            message = _("expected another key: %(key)s is in %(other)s already") % words
            raise ProcessError([document.read(found.text, name=found.name).problem(("key",), message)])
        taken[key] = found.name
        imported = import_process(found.text, name=found.name, by=None, source=VersionSource.FILE)
    except ProcessError as error:
        if known and known.key:
            # Broken, it keeps its process as well: the last good version stays.
            taken.setdefault(known.key, found.name)
        _note(found, known.key if known else "", [str(one) for one in error.problems], now)
        return 0
    _note(found, key, [], now)
    if imported.created:
        _log.info("process.from_file", process=key, file=found.name, version=imported.version.number)
    return int(imported.created)


def _is_current(file: ProcessFile) -> bool:
    """Nobody has put another text into force since, while the folder was not set."""
    return Process.objects.filter(key=file.key, current__sha256=file.sha256).exists()


def _note(found: Found, key: str, problems: list[str], now: datetime) -> None:
    """Say what is wrong once, not at every look."""
    with transaction.atomic():
        row, made = ProcessFile.objects.select_for_update().get_or_create(
            name=found.name, defaults={"seen_at": now}
        )
        news = made or row.problems != problems
        if row.sha256 != found.sha256:
            row.seen_at = now
        row.key, row.sha256, row.problems, row.missing_since = key, found.sha256, problems, None
        row.save()
    for problem in problems if news else []:
        _log.warning("process.file_broken", problem=problem)


def _note_folder(folder: Path, broken: str, now: datetime) -> None:
    known = ProcessFile.objects.filter(name=FOLDER).first()
    if not broken:
        if known:
            known.delete()
        return
    said = _("NIGHTDESK_PROCESS_DIR: %(folder)s cannot be read: %(why)s") % {"folder": folder, "why": broken}
    if known is None or known.problems != [said]:
        ProcessFile.objects.update_or_create(name=FOLDER, defaults={"seen_at": now, "problems": [said]})
        _log.warning("process.folder_unreadable", problem=said)


def _note_missing(names: list[str], now: datetime) -> None:
    """What is wrong with a file that is gone is nobody's business any more; its process stays."""
    gone = ProcessFile.objects.there().exclude(name__in=names)
    for row in gone:
        _log.warning("process.file_gone", file=row.name, process=row.key)
    gone.update(missing_since=now, problems=[])
