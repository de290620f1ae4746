"""A GitReader that has only its trouble to tell: every question ends with it, so that no check can pass."""

from collections.abc import Iterable, Mapping
from typing import NoReturn

from hotfixes.git.reader import Commit, Diff, File, Log, NoFile, Paths, Ref, Refs
from hotfixes.git.trouble import GitError, Trouble


class Unreadable:
    """See GitReader for the questions; the answer is always `problem`."""

    def __init__(self, problem: GitError) -> None:
        self.problem = problem

    def _fail(self) -> NoReturn:
        raise GitError(self.problem.trouble, self.problem.detail)

    def refs(self) -> Refs:
        self._fail()

    def ref(self, name: str) -> Ref | None:
        self._fail()

    def commits(self, ids: Iterable[str]) -> Mapping[str, Commit]:
        self._fail()

    def commit(self, id: str) -> Commit:
        self._fail()

    def is_ancestor(self, old: str, new: str) -> bool:
        self._fail()

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        self._fail()

    def log(self, until: str, *, since: str = "", limit: int = 100, first_parent: bool = False) -> Log:
        self._fail()

    def diff(self, old: str, new: str) -> Diff:
        self._fail()

    def patch_id(self, old: str, new: str) -> str:
        self._fail()

    def file(self, commit: str, path: str) -> File | NoFile:
        self._fail()

    def paths(self, commit: str, glob: str, *, limit: int = 1000) -> Paths:
        self._fail()


NOWHERE = Unreadable(GitError(Trouble.MISSING))
