"""One fetch into a mirror: branches and tags, watched, bounded by the room that its quota leaves."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from hotfixes.git import disk
from hotfixes.git.diagnose import is_about_shallow
from hotfixes.git.limits import KB, MB, Limits
from hotfixes.git.process import Result, Watch
from hotfixes.git.progress import Progress, Reading
from hotfixes.git.remote import Remote
from hotfixes.git.trouble import GitError, Trouble

type Tell = Callable[[Progress | None], object]

_WORDS = (
    "fetch",
    "--progress",
    "--prune",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
)
_SPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


def fetch(folder: Path, remote: Remote, *, quota: int, limits: Limits, tell: Tell) -> None:
    """Raises GitError, and whatever `tell` raises; then nothing half-done is left in the folder, which must be held."""
    room = room_in(folder, quota)
    run = partial(
        remote.run,
        *_WORDS,
        before=("--git-dir", str(folder)),
        after=_SPECS,
        limits=replace(limits, file=room),  # a fetch writes one pack (fetch.unpackLimit)
        watch=Watch(Reading(tell).hear, lambda: tell(None)),
    )
    try:
        said = _in_one_transaction_or_not(run).stderr
        if (folder / "shallow").exists() or is_about_shallow(said):
            raise GitError(Trouble.SHALLOW)
    except GitError as problem:
        # index-pack dies of the limit of a file without a word.
        full = disk.largest_part(folder) >= room - 64 * KB
        disk.sweep(folder)
        raise beyond(quota) if full and problem.trouble is Trouble.CPU else problem from None
    except BaseException:
        disk.sweep(folder)
        raise


def _in_one_transaction_or_not(run: Callable[..., Result]) -> Result:
    """100,000 refs want one transaction. When a branch `a` went and `a/b` came, git cannot do both in one."""
    try:
        return run("--atomic")
    except GitError as problem:
        if problem.trouble is not Trouble.BUSY:
            raise
        return run()


def room_in(folder: Path, quota: int) -> int:
    """Bytes that the quota leaves. Raises GitError TOO_BIG when there are none."""
    room = quota - disk.size(folder)
    if room <= 0:
        raise beyond(quota)
    return room


def beyond(quota: int) -> GitError:
    return GitError(Trouble.TOO_BIG, f"the quota of {quota // MB:,} MB is used up")
