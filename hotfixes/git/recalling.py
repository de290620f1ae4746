"""A GitReader that remembers between rounds: what an id names never changes, so neither does an answer about ids.

A hotfix is judged every minute and at every push, and nearly all of its questions are those of the round before.
Refs are never remembered here, nor is trouble.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from hotfixes.git.limits import KB, MB
from hotfixes.git.reader import Commit, Diff, File, GitReader, Log, NoFile, Paths, Ref, Refs


class Memory:
    """Answers of all repositories of one process, within so many bytes; what was used longest ago goes first."""

    def __init__(self, room: int = 32 * MB) -> None:
        self.room = room
        self.used = 0
        self.known: OrderedDict[tuple[Any, ...], tuple[Any, int]] = OrderedDict()
        self.lock = threading.Lock()

    def once[T](self, key: tuple[Any, ...], ask: Callable[[], T]) -> T:
        with self.lock:
            if key in self.known:
                self.known.move_to_end(key)
                found: T = self.known[key][0]
                return found
        answer = ask()
        self._keep(key, answer, _weight(answer))
        return answer

    def _keep(self, key: tuple[Any, ...], answer: object, weight: int) -> None:
        if weight > self.room // 8:
            return
        with self.lock:
            self.used += weight - self.known.pop(key, (None, 0))[1]
            self.known[key] = (answer, weight)
            while self.used > self.room:
                _key, (_answer, freed) = self.known.popitem(last=False)
                self.used -= freed


MEMORY: Final = Memory()


class Recalling:
    """See GitReader. `place` tells repositories apart: nobody is answered from another's."""

    def __init__(self, reader: GitReader, place: str, memory: Memory = MEMORY) -> None:
        self.reader, self.place, self.memory = reader, place, memory

    def _once[T](self, ask: Callable[[], T], *key: Any) -> T:
        return self.memory.once((self.place, *key), ask)

    def refs(self) -> Refs:
        return self.reader.refs()

    def ref(self, name: str) -> Ref | None:
        return self.reader.ref(name)

    def commits(self, ids: Iterable[str]) -> Mapping[str, Commit]:
        """Not remembered: what is not there today may be there tomorrow."""
        return self.reader.commits(ids)

    def commit(self, id: str) -> Commit:
        return self._once(lambda: self.reader.commit(id), "commit", id)

    def is_ancestor(self, old: str, new: str) -> bool:
        return self._once(lambda: self.reader.is_ancestor(old, new), "old", old, new)

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        return self._once(lambda: self.reader.merge_bases(one, other), "bases", one, other)

    def log(self, until: str, *, since: str = "", limit: int = 100, first_parent: bool = False) -> Log:
        return self._once(
            lambda: self.reader.log(until, since=since, limit=limit, first_parent=first_parent),
            "log", until, since, limit, first_parent,
        )  # fmt: skip

    def diff(self, old: str, new: str) -> Diff:
        return self._once(lambda: self.reader.diff(old, new), "diff", old, new)

    def patch_id(self, old: str, new: str) -> str:
        return self._once(lambda: self.reader.patch_id(old, new), "patch", old, new)

    def file(self, commit: str, path: str) -> File | NoFile:
        return self._once(lambda: self.reader.file(commit, path), "file", commit, path)

    def paths(self, commit: str, glob: str, *, limit: int = 1000) -> Paths:
        return self._once(lambda: self.reader.paths(commit, glob, limit=limit), "paths", commit, glob, limit)


def _weight(answer: object) -> int:
    """About as many bytes as it holds."""
    match answer:
        case bytes():
            return KB + len(answer)
        case File(data=data):
            return KB + len(data)
        case Log(commits=commits):
            return KB + sum(2 * KB + 2 * len(one.subject) + 2 * len(one.body) for one in commits)
        case Commit(subject=subject, body=body):
            return 2 * KB + 2 * len(subject) + 2 * len(body)
        case Diff(files=files):
            return KB + sum(200 + 2 * len(file.path) for file in files)
        case Paths(paths=paths):
            return KB + sum(100 + 2 * len(path) for path in paths)
        case _:
            return KB
