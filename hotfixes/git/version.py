"""Which git this server has. Older than 2.39 is refused: it lacks settings that keep us safe."""

import re
import shutil
from functools import cache

from hotfixes.git import process
from hotfixes.git.environment import environment, search_path
from hotfixes.git.limits import MB, Limits
from hotfixes.git.trouble import GitError, Trouble

OLDEST = (2, 39)
_LIMITS = Limits(wall_s=10, cpu_s=5, memory=1024 * MB, file=0, output=1 * MB)


@cache
def program() -> str:
    """The absolute path of git. Raises GitError GIT when there is none or it is too old."""
    found = shutil.which("git", path=search_path())
    if not found:
        raise GitError(Trouble.GIT, "git is not installed")
    try:
        said = process.run([found, "--version"], limits=_LIMITS, environment=environment()).stdout
    except (OSError, process.OutOfTime, process.TooMuch) as problem:
        raise GitError(Trouble.GIT, f"{found}: {type(problem).__name__}") from None
    if (version := number(said.decode("utf-8", "replace"))) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise GitError(Trouble.GIT, f"{'.'.join(map(str, version))} is too old, {wanted} or newer is needed")
    return found


def number(said: str) -> tuple[int, ...]:
    """`git version 2.39.5 (Apple Git-154)` → (2, 39, 5); () for anything else."""
    found = re.match(r"git version (\d{1,4}(?:\.\d{1,6})+)", said)
    return tuple(int(part) for part in found[1].split(".")) if found else ()
