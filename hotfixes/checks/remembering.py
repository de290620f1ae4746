"""A reader that asks git each question once: the checks of one hotfix share most of theirs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hotfixes.git.reader import Commit, Diff, File, GitReader, Log, NoFile, Paths, Ref, Refs


class NotAsked(Exception):
    """Git would have to be asked, and must not be now."""


class Remembering:
    """A GitReader for one evaluation. Refs are remembered as well: all checks then speak of the same moment."""

    def __init__(self, reader: GitReader) -> None:
        self.reader = reader
        self.known: dict[tuple[Any, ...], Any] = {}
        self.silent = False

    def asking_nothing(self) -> "Remembering":
        """The same answers; NotAsked for every question that was not asked before."""
        same = Remembering(self.reader)
        same.known, same.silent = self.known, True
        return same

    def _once[T](self, key: tuple[Any, ...], ask: Callable[[], T]) -> T:
        if key not in self.known:
            if self.silent:
                raise NotAsked(key[0])
            self.known[key] = ask()
        found: T = self.known[key]
        return found

    def refs(self) -> Refs:
        return self._once(("refs",), self.reader.refs)

    def ref(self, name: str) -> Ref | None:
        return self._once(("ref", name), lambda: self.reader.ref(name))

    def commits(self, ids: Iterable[str]) -> Mapping[str, Commit]:
        wanted = tuple(ids)
        return self._once(("commits", wanted), lambda: self.reader.commits(wanted))

    def commit(self, id: str) -> Commit:
        return self._once(("commit", id), lambda: self.reader.commit(id))

    def is_ancestor(self, old: str, new: str) -> bool:
        """By their common ancestors: one question answers both directions, and where two lines parted."""
        return old == new or old in self.merge_bases(old, new)

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        first, second = sorted((one, other))
        return self._once(("bases", first, second), lambda: self.reader.merge_bases(first, second))

    def log(self, until: str, *, since: str = "", limit: int = 100, first_parent: bool = False) -> Log:
        if until == since:
            return Log((), more=False)
        return self._once(
            ("log", until, since, limit, first_parent),
            lambda: self.reader.log(until, since=since, limit=limit, first_parent=first_parent),
        )

    def diff(self, old: str, new: str) -> Diff:
        return self._once(("diff", old, new), lambda: self.reader.diff(old, new))

    def patch_id(self, old: str, new: str) -> str:
        return self._once(("patch", old, new), lambda: self.reader.patch_id(old, new))

    def file(self, commit: str, path: str) -> File | NoFile:
        return self._once(("file", commit, path), lambda: self.reader.file(commit, path))

    def paths(self, commit: str, glob: str, *, limit: int = 1000) -> Paths:
        return self._once(
            ("paths", commit, glob, limit), lambda: self.reader.paths(commit, glob, limit=limit)
        )
