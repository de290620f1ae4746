"""A mirror's folder: how big it is, what an ended run left behind, who is working in it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hotfixes.git.trouble import GitError, Trouble

LOCK = "nightdesk.lock"
# Names git gives to what it has not finished; after SIGKILL they stay, and a `.lock` stops every later run.
_LEFT = ("tmp_", ".tmp-", "incoming-")


def size(folder: Path) -> int:
    """Bytes of all files in it. What vanishes meanwhile counts nothing."""
    total = 0
    stack = [str(folder)]
    while stack:
        with suppress(FileNotFoundError), os.scandir(stack.pop()) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
    return total


def sweep(folder: Path) -> int:
    """Removes what ended runs left: half packs and locks. Only under `held`. Returns how many there were."""
    removed = 0
    for parent, folders, files in os.walk(folder):
        for name in files:
            if (name.startswith(_LEFT) or name.endswith(".lock")) and name != LOCK:
                with suppress(FileNotFoundError):
                    (Path(parent) / name).unlink()
                    removed += 1
        for name in [name for name in folders if name.startswith(_LEFT)]:
            folders.remove(name)
            shutil.rmtree(Path(parent) / name, ignore_errors=True)
            removed += 1
    return removed


def largest_part(folder: Path) -> int:
    """Bytes of the biggest pack that an ended run left unfinished."""
    return max((part.stat().st_size for part in (folder / "objects/pack").glob("tmp_*")), default=0)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """This mirror for us alone, among all processes of this machine; released by the system when we die. Raises
    GitError BUSY, at once.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise GitError(Trouble.BUSY) from None
        yield
    finally:
        os.close(descriptor)
