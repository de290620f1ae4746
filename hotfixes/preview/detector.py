"""Which files of a difference are migrations, and what each does to the way back. Static: nothing is run or imported.

Patterns: `**/migrations/*.py` (Django), `db/migrate/*.rb` (Rails), `alembic/versions/*` (Alembic),
`prisma/migrations/**` and `*.sql`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hotfixes.git.names import BadName
from hotfixes.git.reader import Absence, Change, File, FileChange, GitReader, NoFile
from hotfixes.preview import alembic_migrations, django_migrations, rails_migrations, sql
from hotfixes.preview.judged import FINE, Back, Judged, at_most_maybe, maybe, worst

MAX_FILES = 200
MAX_BYTES = 256 * 1024
MAX_WHOLE = 8 * 1024 * 1024

DJANGO, ALEMBIC, RAILS, SQL = "django", "alembic", "rails", "sql"
_DJANGO = re.compile(r"(?:^|/)migrations/(?!__init__\.py$)[^/]+\.py$")
_ALEMBIC = re.compile(r"(?:^|/)versions/[^/]+\.py$")
_RAILS = re.compile(r"(?:^|/)db/(?:[^/]+/)?migrate/[^/]+\.rb$")
_SQL = re.compile(r"\.sql$", re.IGNORECASE)
# What says how to go back, in the tools that keep it in a file of its own.
_DOWN = re.compile(r"(?:^|/)(?:down\.sql|[^/]*[._]down\.sql|U\d[^/]*__[^/]*\.sql)$", re.IGNORECASE)
_LIKE_MIGRATION = re.compile(
    r"migrat|(?:^|/)(?:db|schema|changes?|versions|updates?)/|(?:^|/)V?\d+[^/]*\.sql$", re.I
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `change`: added, modified … since the version to go back to."""

    path: str
    kind: str
    change: str
    judged: Judged


@dataclass(frozen=True, slots=True)
class Found:
    """`more`: so many were not read. `why` where that decides the verdict."""

    verdict: Back
    files: tuple[Migration, ...]
    more: int = 0
    why: str = ""


def kind_of(path: str) -> str:
    """ "" for what is no migration. Alembic's folder is a common word: its files are told by what they hold."""
    if _DOWN.search(path):
        return ""
    if _DJANGO.search(path):
        return DJANGO
    if _RAILS.search(path):
        return RAILS
    return SQL if _SQL.search(path) else ALEMBIC if _ALEMBIC.search(path) else ""


def true_kind(path: str, data: bytes) -> str:
    """Told by what the file holds, where its folder's name is a common word."""
    kind = kind_of(path)
    if kind in (ALEMBIC, DJANGO) and alembic_migrations.is_revision(data):
        return ALEMBIC
    return "" if kind == ALEMBIC else kind


def judge(path: str, data: bytes) -> Judged:
    """By the file's kind."""
    kind = true_kind(path, data)
    if kind == ALEMBIC:
        return alembic_migrations.judge(data)
    if kind == SQL:
        found = sql.judge(data.decode("utf-8", "replace"))
        return found if _LIKE_MIGRATION.search(path) else at_most_maybe(found)
    return _JUDGES[kind](data) if kind in _JUDGES else FINE


_JUDGES: Mapping[str, Callable[[bytes], Judged]] = {
    DJANGO: django_migrations.judge,
    RAILS: rails_migrations.judge,
}


def detect(reader: GitReader, newer: str, changes: Sequence[FileChange]) -> Found:
    """Of the paths that differ; what is added or changed is read in the tree of `newer`. Raises GitError."""
    mine = [one for one in changes if kind_of(one.path)]
    files: list[Migration] = []
    whole = looked = 0
    for one in mine[:MAX_FILES]:
        if whole > MAX_WHOLE:
            break
        looked += 1
        found, size = _of_file(reader, newer, one)
        whole += size
        files += [found] if found else []
    left = len(mine) - looked
    heaviest = worst(one.judged for one in files).verdict
    if left and heaviest is Back.NONE:
        return Found(Back.MAYBE, tuple(files), left, _("There are more migrations than are read here."))
    return Found(heaviest, tuple(files), left)


def _of_file(reader: GitReader, newer: str, one: FileChange) -> tuple[Migration | None, int]:
    """None for what only has a name like one; and how many bytes were read."""
    kind, change = kind_of(one.path), str(one.change)
    if one.change is Change.DELETED:
        gone = maybe(_("it was there before and is gone since"))
        return (Migration(one.path, kind, change, gone), 0) if kind != ALEMBIC else (None, 0)
    try:
        file = reader.file(newer, one.path)
    except BadName:
        return Migration(one.path, kind, change, maybe(_("its name cannot be read"))), 0
    if isinstance(file, NoFile):
        words = _("it is too big to be read") if file.why is Absence.TOO_BIG else _("it is no plain file")
        return Migration(one.path, kind, change, maybe(words)), 0
    kind = true_kind(one.path, file.data)
    if not kind:
        return None, len(file.data)
    judged = _read(one.path, file)
    if one.change is Change.MODIFIED and judged == FINE and kind != SQL and b"igration" in file.data:
        judged = maybe(_("it was changed since: it may have run before"))
    return Migration(one.path, kind, change, judged), len(file.data)


def _read(path: str, file: File) -> Judged:
    if len(file.data) > MAX_BYTES:
        return maybe(_("it is too big to be read"))
    try:
        return judge(path, file.data)
    except Exception:  # whatever a hostile file brings about: it is not read, and that is said
        return maybe(_("it cannot be read"))
