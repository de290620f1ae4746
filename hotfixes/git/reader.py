"""What can be asked of a repository, and the shapes of the answers. Plain values: no row, no process, no clock.

All text that a repository's people wrote (names, subjects, paths) is data: valid Unicode, maybe empty, maybe rude,
never to be trusted as an option, as HTML or as a line of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Signature:
    """Who and when, as written in a commit or tag. `at` is in UTC, None when git's own text was no time;
    `offset_min` is the author's zone in minutes east. Anyone can write anything here.
    """

    name: str
    email: str
    at: datetime | None
    offset_min: int = 0


@dataclass(frozen=True, slots=True)
class Ref:
    """A branch or tag. `name` is full (`refs/tags/v1.2.3`); `id` is what it names itself: for an annotated tag the
    tag object. `commit` is the commit behind it through any number of tags, None when that is a tree or a file.

    `subject` and `tagger` belong to an annotated tag and are empty otherwise; the subject is one line.
    """

    name: str
    id: str
    commit: str | None
    annotated: bool = False
    subject: str = ""
    tagger: Signature | None = None

    @property
    def is_tag(self) -> bool:
        return self.name.startswith("refs/tags/")

    @property
    def short(self) -> str:
        """`v1.2.3`, `main`, `krow/prod-v1.0.0`."""
        return self.name.split("/", 2)[2]


@dataclass(frozen=True, slots=True)
class Refs:
    """All branches and tags by full name. `unreadable` counts names that are not UTF-8; they are left out."""

    by_name: Mapping[str, Ref]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Commit:
    """`subject` is the first paragraph on one line, `body` the rest without trailing space. A merge has two parents
    or more; a root has none.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    subject: str
    body: str = ""

    @property
    def message(self) -> str:
        return f"{self.subject}\n\n{self.body}" if self.body else self.subject


@dataclass(frozen=True, slots=True)
class Log:
    """Commits newest first; `more` when the limit left some out."""

    commits: tuple[Commit, ...]
    more: bool


class Change(StrEnum):
    """What happened to a path. A rename is a deletion and an addition: similarity is an opinion."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RETYPED = "retyped"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One path of a difference. `added` and `deleted` are lines, None when git calls the content binary. A submodule
    that moved counts one line each way, as git does.
    """

    path: str
    change: Change
    added: int | None
    deleted: int | None

    @property
    def binary(self) -> bool:
        return self.added is None


@dataclass(frozen=True, slots=True)
class Diff:
    """All changed paths in git's order. `added` and `deleted` sum what can be counted."""

    files: tuple[FileChange, ...]

    @property
    def added(self) -> int:
        return sum(file.added or 0 for file in self.files)

    @property
    def deleted(self) -> int:
        return sum(file.deleted or 0 for file in self.files)


class Absence(StrEnum):
    """Why a path gives no text."""

    NOTHING = "nothing"
    FOLDER = "folder"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    TOO_BIG = "too_big"


@dataclass(frozen=True, slots=True)
class File:
    """A regular file in a commit's tree: its bytes as stored (≤ 1 MB, no conversion of line ends)."""

    path: str
    id: str
    executable: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class NoFile:
    """The path gives no text in this commit. `size` in bytes is known for a file that is too big. A symlink is said,
    never followed: where it leads is nobody's proof.
    """

    path: str
    why: Absence
    size: int = 0


@dataclass(frozen=True, slots=True)
class Paths:
    """Regular files whose path matches, in git's order; `more` when the limit left some out."""

    paths: tuple[str, ...]
    more: bool


class GitReader(Protocol):
    """Questions to one mirror. Ids are full (40 or 64 hexadecimal digits), names are full (`refs/heads/main`).

    Every method may raise trouble.GitError: MISSING for an id that the mirror does not hold, CPU, MEMORY, TIMEOUT or
    TOO_BIG at a limit, CORRUPT for a damaged mirror; and names.BadName for an argument that is no id, name or path.
    """

    def refs(self) -> Refs:
        """All branches and tags."""

    def ref(self, name: str) -> Ref | None:
        """One branch or tag by its full name, None when there is none."""

    def commits(self, ids: Iterable[str]) -> Mapping[str, Commit]:
        """These commits by id. An id of something else, or of nothing, is left out."""

    def commit(self, id: str) -> Commit:
        """One commit. Raises GitError MISSING."""

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `old` is in the history of `new`; a commit is its own ancestor."""

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """The best common ancestors: none for unrelated histories, more than one after criss-cross merges."""

    def log(self, until: str, *, since: str = "", limit: int = 100, first_parent: bool = False) -> Log:
        """What is in `until` and not in `since` (all of it when empty), newest first, at most `limit`."""

    def diff(self, old: str, new: str) -> Diff:
        """What is different in the tree of `new`. Renames are not looked for, no driver or filter runs."""

    def patch_id(self, old: str, new: str) -> str:
        """An id of the difference that survives a rebase or squash; empty when nothing differs."""

    def file(self, commit: str, path: str) -> File | NoFile:
        """What `path` holds in this commit's tree."""

    def paths(self, commit: str, glob: str, *, limit: int = 1000) -> Paths:
        """Regular files of this commit's tree: `*` and `?` within a name, `**` for any number of folders."""
