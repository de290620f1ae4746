"""Repositories on this server's own disk (file://, only where an administrator allows it).

There git runs its sending half with our rights, and would follow whatever the repository points to: its alternates,
links among its refs, a work tree's `gitdir:` file. Anything that leads outside is refused before git looks.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from hotfixes.git.trouble import GitError, Trouble

MAX_ENTRIES = 400_000
# What makes one repository a window on another.
_POINTERS = ("commondir", "objects/info/alternates", "objects/info/http-alternates", "worktrees")
_OWN = ("HEAD", "config", "packed-refs", "objects", "objects/info", "objects/pack", "refs", "shallow", "info")


def checked(folder: Path, roots: Sequence[Path]) -> Path:
    """The resolved folder with the repository's own data (`…/.git` for one with a work tree). Raises GitError
    NOT_A_REPOSITORY when there is none, PROTOCOL when it, or something in it, lies outside.
    """
    try:
        real = folder.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise GitError(Trouble.NOT_A_REPOSITORY, str(folder)) from None
    if roots and not any(real.is_relative_to(root) for root in roots):
        raise GitError(Trouble.PROTOCOL, _("It lies outside the folders that are allowed."))
    inner = real / ".git"
    if inner.is_symlink() or inner.is_file():
        raise _outside(".git")
    data = inner if inner.is_dir() else real
    if not all((data / part).exists() for part in ("HEAD", "objects", "refs")):
        raise GitError(Trouble.NOT_A_REPOSITORY, str(folder))
    _refuse_pointers(data)
    return data


def _refuse_pointers(data: Path) -> None:
    for name in _POINTERS:
        pointer = data / name
        if pointer.is_symlink() or (pointer.is_file() and pointer.stat().st_size):
            raise _outside(name)
    for name in _OWN:
        if (data / name).is_symlink():
            raise _outside(name)
    seen = 0
    for top in ("refs", "objects"):
        for parent, folders, files in os.walk(data / top):
            seen += len(folders) + len(files)
            if seen > MAX_ENTRIES:
                raise GitError(Trouble.TOO_BIG, f"more than {MAX_ENTRIES:,} files below {top}")
            for name in (*folders, *files):
                if os.path.islink(os.path.join(parent, name)):  # noqa: PTH114, PTH118 - this may be 100,000 names
                    raise _outside(f"{top}/…/{name}")


def _outside(name: str) -> GitError:
    return GitError(
        Trouble.PROTOCOL,
        _("“%(name)s” in this repository leads to another place; it is not read.") % {"name": name},
    )
