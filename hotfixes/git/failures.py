"""A run of git that has an answer, or a GitError: what limits, exit codes and complaints mean is decided here."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from hotfixes.git import process
from hotfixes.git.diagnose import failure
from hotfixes.git.limits import Limits
from hotfixes.git.process import Result, Watch
from hotfixes.git.trouble import GitError, Trouble


class Run(Protocol):
    """Runs git on one mirror with these words; Cli.run is one."""

    def __call__(
        self,
        *words: str,
        stdin: bytes = b"",
        ok: Sequence[int] = (0,),
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> Result: ...


def answered(
    command: Sequence[str],
    *,
    limits: Limits,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    ok: Sequence[int] = (0,),
    secrets: Sequence[str] = (),
    watch: Watch | None = None,
) -> Result:
    """What the command said. Raises GitError when its exit code is not in `ok`, at a limit, or when it cannot start;
    `secrets` never appear in it.
    """
    try:
        result = process.run(command, limits=limits, environment=environment, stdin=stdin, watch=watch)
    except process.OutOfTime:
        raise GitError(Trouble.TIMEOUT, f"after {limits.wall_s:g} s") from None
    except process.TooMuch:
        raise GitError(Trouble.TOO_BIG, f"git said more than {limits.output:,} bytes") from None
    except OSError as problem:
        raise GitError(Trouble.GIT, problem.strerror or type(problem).__name__) from None
    if result.code not in ok:
        raise failure(result, secrets)
    return result
