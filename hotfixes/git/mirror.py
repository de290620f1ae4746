"""Our copy of a repository: branches and tags only, in a folder that we made ourselves, within a quota.

What was once fetched stays, even when the other side rewrites or deletes it: evidence must not vanish. The folder can
be thrown away at any time; the next update fetches everything again.
"""

import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from hotfixes.git import disk, names
from hotfixes.git.cli import Cli
from hotfixes.git.environment import environment, settings
from hotfixes.git.failures import answered
from hotfixes.git.fetching import Tell, fetch, room_in
from hotfixes.git.limits import FETCH, KB, MB, TEND, Limits
from hotfixes.git.movements import Movement, movements
from hotfixes.git.process import Watch
from hotfixes.git.reader import Refs
from hotfixes.git.recalling import Recalling
from hotfixes.git.remote import Remote
from hotfixes.git.trouble import GitError, Trouble
from hotfixes.git.version import program

MARK = "nightdesk.json"
FORMAT = 1
# HEAD names what no fetch brings, so that nothing of a repository is ever what git looks at by itself.
NOWHERE = "refs/nightdesk/nowhere"
KEPT = "refs/nightdesk/kept/"
QUOTA = 2048 * MB
MAX_REFS = 200_000
LOOKING_S = 30
# Packs that came since the commit-graph was written: so many, or so much, and it is written anew.
FEW, SMALL = 8, 256 * KB


@dataclass(frozen=True, slots=True)
class Update:
    """What an update brought.

    `movements` compare with what this mirror held before. Who dies between a fetch and storing them never gets them
    again: store `refs`, and compare with what was stored by `movements.movements`. `size` in bytes on disk; `graph` is
    False when the commit-graph could not be written, which makes later questions slower and nothing else.
    """

    movements: tuple[Movement, ...]
    refs: Refs
    size: int
    graph: bool


@dataclass(frozen=True, slots=True)
class Mirror:
    """The mirror in `folder`; open it with `opened`, which refuses folders that are not ours."""

    folder: Path
    cli: Cli
    quota: int = QUOTA
    max_refs: int = MAX_REFS
    max_packs: int = 40
    fetch_limits: Limits = FETCH
    tend_limits: Limits = field(default=TEND)

    def update(self, remote: Remote, *, tell: Tell = lambda _now: None) -> Update:
        """Fetches branches and tags, forgets what is gone, and says what changed.

        `tell` is called with each step of progress and, with None, four times a second meanwhile: a worker renews its
        lease there, and ends the fetch by raising. Raises GitError; the mirror then is as it was, or between.
        """
        with disk.held(self.folder):
            disk.sweep(self.folder)
            room_in(self.folder, self.quota)
            there = remote.listing(watch=Watch(tick=lambda: tell(None))).refs
            if len(there) > self.max_refs:
                raise GitError(Trouble.TOO_BIG, f"{len(there):,} branches and tags")
            before = after = self.cli.refs()
            new = not _same(there, before)
            del there  # a hundred thousand names are not held during the fetch
            if new:
                fetch(self.folder, remote, quota=self.quota, limits=self.fetch_limits, tell=tell)
                after = self.cli.refs()
            changed = movements(before.by_name, after.by_name, Looking(self.cli))
            graph = self._tend(tell) if changed and self._is_worth_tending() else True
        return Update(changed, after, disk.size(self.folder), graph)

    def keep(self, id: str) -> None:
        """Hold this commit for ever, whatever happens to its branch on the other side."""
        with disk.held(self.folder):
            self.cli.run("update-ref", KEPT + names.oid(id), names.oid(id), limits=self.tend_limits)

    def _is_worth_tending(self) -> bool:
        """A few new commits beside the commit-graph cost nothing; tending costs as much as a fetch."""
        packs = [pack.stat() for pack in (self.folder / "objects/pack").glob("*.pack")]
        try:
            graph = (self.folder / "objects/info/commit-graphs/commit-graph-chain").stat().st_mtime
        except OSError:
            return True
        new = [pack for pack in packs if pack.st_mtime >= graph]
        many = len(new) > FEW or len(packs) > self.max_packs
        return many or sum(pack.st_size for pack in new) > SMALL

    def _tend(self, tell: Tell) -> bool:
        """Whether the commit-graph is written; a failure costs speed, not truth. It comes first: packing 100,000 new
        refs took 49 s.
        """
        watch = Watch(tick=lambda: tell(None))
        graph = self._tended(watch, "commit-graph", "write", "--reachable", "--split", "--no-progress")
        self._tended(watch, "pack-refs", "--all")
        # Every update leaves a pack; many make each question slower. Objects that nothing names stay, too.
        if sum(1 for _pack in (self.folder / "objects/pack").glob("*.pack")) > self.max_packs:
            self._tended(watch, "repack", "-a", "-d", "-q", "--keep-unreachable", "--window-memory=64m")
        return graph

    def _tended(self, watch: Watch, *words: str) -> bool:
        room = max(0, self.quota - disk.size(self.folder))
        try:
            self.cli.run(*words, limits=replace(self.tend_limits, file=room), watch=watch)
        except GitError:
            disk.sweep(self.folder)
            return False
        return True


class Looking:
    """`is_ancestor` that ends: after 30 s, or for a pair that reaches a limit, it cannot tell."""

    def __init__(self, cli: Cli) -> None:
        self.reader = Recalling(cli, str(cli.folder))
        self.until = time.monotonic() + LOOKING_S

    def __call__(self, old: str, new: str) -> bool | None:
        if time.monotonic() > self.until:
            return None
        try:
            return self.reader.is_ancestor(old, new)
        except GitError:
            return None


def _same(there: Mapping[str, str], here: Refs) -> bool:
    known = here.by_name
    return there.keys() == known.keys() and all(known[name].id == id for name, id in there.items())


def opened(folder: Path, *, bits: int = 160, quota: int = QUOTA) -> Mirror:
    """The mirror in `folder`, made empty when there is none. `bits`: 160, or 256 for a repository whose ids have 64
    digits. Raises GitError FOREIGN for a folder that we did not make, GIT, DISK.
    """
    folder = folder.absolute()
    if not folder.exists():
        _make(folder, bits)
    _verify(folder)
    return Mirror(folder, Cli(folder), quota)


def thrown_away(folder: Path) -> None:
    """Remove the mirror in `folder`, if there is one. Raises GitError FOREIGN."""
    if folder.exists():
        _verify(folder.absolute())
        shutil.rmtree(folder)


def _make(folder: Path, bits: int) -> None:
    """Made beside its place and moved there whole: a half-made one is never found."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = folder.with_name(f".{folder.name}.{os.getpid()}.{os.urandom(4).hex()}")
    words = [
        "init",
        "--quiet",
        "--bare",
        "--template=",
        f"--object-format={'sha256' if bits == 256 else 'sha1'}",
    ]
    try:
        answered([program(), *settings(), *words, "--", str(new)], limits=TEND, environment=environment())
        for folder_of_git in ("hooks", "branches"):
            shutil.rmtree(new / folder_of_git, ignore_errors=True)
        (new / "HEAD").write_text(f"ref: {NOWHERE}\n")
        (new / MARK).write_text(json.dumps({"format": FORMAT, "made_by": "Nightdesk"}))
        new.chmod(0o700)
        with suppress(FileExistsError):  # another process was quicker
            _into_place(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _into_place(new: Path, folder: Path) -> None:
    try:
        new.rename(folder)
    except OSError as problem:
        if folder.exists():
            raise FileExistsError from problem
        raise GitError(Trouble.DISK, problem.strerror or "") from problem


def _verify(folder: Path) -> None:
    """Ours: a real folder of our user with our mark and nothing that we never put there."""
    try:
        facts = json.loads((folder / MARK).read_text())
        ours = (
            facts.get("format") == FORMAT
            and not folder.is_symlink()
            and folder.stat().st_uid == os.geteuid()
            and (folder / "HEAD").read_text() == f"ref: {NOWHERE}\n"
            and not (folder / "objects/info/alternates").exists()
        )
    except (OSError, ValueError, AttributeError):
        ours = False
    if not ours:
        raise GitError(Trouble.FOREIGN, folder.name)
