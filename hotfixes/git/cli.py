"""`GitReader` by the system's git: fixed words, full ids and names only, everything else through `run`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfixes.git import batch, changes, names, parsing, refs, trees
from hotfixes.git.environment import environment, settings
from hotfixes.git.failures import answered
from hotfixes.git.limits import READ, Limits
from hotfixes.git.process import Result, Watch
from hotfixes.git.reader import Commit, Diff, File, Log, NoFile, Paths, Ref, Refs
from hotfixes.git.trouble import GitError, Trouble
from hotfixes.git.version import program

COMMITS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Cli:
    """Reads the mirror in `folder` (absolute; mirror.Mirror made it and vouches for it)."""

    folder: Path
    limits: Limits = READ

    def run(
        self,
        *words: str,
        stdin: bytes = b"",
        ok: Sequence[int] = (0,),
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> Result:
        """One run of git on this mirror, without any way to the network. Raises GitError for a code not in `ok`."""
        command = [program(), "--git-dir", str(self.folder), "--no-replace-objects", *settings(), *words]
        return answered(
            command, limits=limits or self.limits, environment=environment(), stdin=stdin, ok=ok, watch=watch
        )

    # Refs

    def refs(self) -> Refs:
        """See GitReader."""
        return refs.read(self.run, ("refs/heads/", "refs/tags/"))

    def ref(self, name: str) -> Ref | None:
        """See GitReader."""
        return refs.read(self.run, (names.ref_name(name),)).by_name.get(name)

    # Commits

    def commits(self, ids: Iterable[str]) -> Mapping[str, Commit]:
        """See GitReader."""
        wanted = list(dict.fromkeys(names.oid(id) for id in ids))
        found: dict[str, Commit] = {}
        for first in range(0, len(wanted), COMMITS_AT_ONCE):
            asked = wanted[first : first + COMMITS_AT_ONCE]
            said = self.run("cat-file", "--batch", stdin=batch.questions(asked)).stdout
            for item in batch.objects(said):
                if item is not None and item.kind == "commit":
                    found[item.id] = _parsed(item)
        return found

    def commit(self, id: str) -> Commit:
        """See GitReader."""
        try:
            return self.commits([id])[id]
        except KeyError:
            raise GitError(Trouble.MISSING, id) from None

    def is_ancestor(self, old: str, new: str) -> bool:
        """See GitReader."""
        words = ("merge-base", "--is-ancestor", names.oid(old), names.oid(new))
        return self.run(*words, ok=(0, 1)).code == 0

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """See GitReader."""
        found = self.run("merge-base", "--all", names.oid(one), names.oid(other), ok=(0, 1))
        return tuple(names.oid(line) for line in found.stdout.decode("ascii").split())

    def log(self, until: str, *, since: str = "", limit: int = 100, first_parent: bool = False) -> Log:
        """See GitReader."""
        words = ["rev-list", f"--max-count={limit + 1}"]
        words += ["--first-parent"] if first_parent else []
        words += [names.oid(until)] + ([f"^{names.oid(since)}"] if since else [])
        ids = self.run(*words, "--").stdout.decode("ascii").split()
        known = self.commits(ids[:limit])
        return Log(tuple(known[id] for id in ids[:limit]), more=len(ids) > limit)

    # Trees

    def diff(self, old: str, new: str) -> Diff:
        """See GitReader."""
        return changes.diff(self.run, names.oid(old), names.oid(new))

    def patch_id(self, old: str, new: str) -> str:
        """See GitReader."""
        return changes.patch_id(self.run, names.oid(old), names.oid(new))

    def file(self, commit: str, path: str) -> File | NoFile:
        """See GitReader."""
        return trees.file(self.run, names.oid(commit), names.path(path))

    def paths(self, commit: str, glob: str, *, limit: int = 1000) -> Paths:
        """See GitReader."""
        return trees.paths(self.run, names.oid(commit), glob, limit)


def _parsed(item: batch.Object) -> Commit:
    try:
        return parsing.commit(item.id, item.raw)
    except parsing.Malformed as problem:
        raise GitError(Trouble.CORRUPT, str(problem)) from problem
