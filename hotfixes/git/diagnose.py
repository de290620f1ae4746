"""From what git said when it failed to one Trouble.

Only git's own lines count. What the other side says comes as `remote: …`: it may claim anything, so it is shown and
never decides.
"""

import re
import signal
from collections.abc import Iterable

from hotfixes.git.process import Result
from hotfixes.git.trouble import GitError, Trouble, one_line

# First match wins; git's words in the C locale, curl's after them. Checked against git 2.39.
_WORDS: list[tuple[Trouble, str]] = [
    (
        Trouble.MEMORY,
        r"out of memory|cannot allocate memory|unable to create threaded async|malloc failed|memory exhausted",
    ),
    (Trouble.CPU, r"died of signal 24"),
    (Trouble.TOO_BIG, r"died of signal 25|file too large|pack exceeds maximum allowed size"),
    (Trouble.DISK, r"no space left on device|disk quota exceeded"),
    (Trouble.PROTOCOL, r"transport '[^']*' not allowed|protocol .{1,40} (?:not supported or )?disabled"),
    (Trouble.SHALLOW, r"shallow roots are not allowed|attempt to fetch/clone from a shallow repository"),
    (Trouble.REDIRECTED, r"returned error: 30\d|unable to update url base from redirection"),
    (
        Trouble.CREDENTIALS,
        r"authentication failed|could not read (?:username|password)|returned error: 40[13]",
    ),
    (Trouble.NOT_A_REPOSITORY, r"repository '.*' not found|returned error: (?:404|410)"),
    (Trouble.NOT_A_REPOSITORY, r"not valid: is this a git repository|does not appear to be a git repository"),
    (Trouble.NOT_A_REPOSITORY, r"detected dubious ownership|mismatched algorithms"),
    (Trouble.NAME, r"could not resolve host"),
    (Trouble.TLS, r"certificate|ssl |gnutls|tls "),
    (Trouble.TIMEOUT, r"timed out|operation too slow|timeout was reached"),
    (
        Trouble.UNREACHABLE,
        r"failed to connect|couldn't connect|connection refused|no route to host|unreachable",
    ),
    (
        Trouble.CORRUPT,
        r"fsck|bad object|object corrupt|did not send all necessary objects|invalid object|sha1 mismatch",
    ),
    (
        Trouble.CORRUPT,
        r"inflate|pack has bad object|unresolved deltas|missing blob|missing tree|unable to parse|bad tree",
    ),
    (
        Trouble.MISSING,
        r"not a valid (?:commit|object) name|bad revision|could not get object info|not a tree object",
    ),
    (
        Trouble.REMOTE,
        r"returned error: \d\d\d|remote error|hung up|early eof|rpc failed|unexpected disconnect",
    ),
    (
        Trouble.REMOTE,
        r"recv failure|empty reply|http2|bad line length|protocol error|invalid .*response|bad packet",
    ),
    (
        Trouble.REMOTE,
        r"unable to access|remote helper|expected flush|expected packfile|malformed|unexpected line|bad band",
    ),
]
_RULES = [(trouble, re.compile(pattern, re.I)) for trouble, pattern in _WORDS]
_SIGNALS = {
    signal.SIGXCPU: Trouble.CPU,
    signal.SIGKILL: Trouble.CPU,  # the hard limit, two seconds later; or the kernel's own out-of-memory killer
    signal.SIGXFSZ: Trouble.TOO_BIG,
    signal.SIGABRT: Trouble.MEMORY,
    signal.SIGSEGV: Trouble.MEMORY,
}
_PROGRESS = re.compile(rb"\A(?:remote: )?[A-Z][a-z]+(?: [a-z]+)+: +\d+% ")


def failure(result: Result, secrets: Iterable[str] = ()) -> GitError:
    """The error for a run that failed. `secrets` are cut from what git said."""
    ours = "\n".join(lines(result.stderr, remote=False))
    said = " ".join(lines(result.stderr, remote=True)[-6:])
    for secret in secrets:
        said = said.replace(secret, "[secret]") if secret else said
    for trouble, rule in _RULES:
        if rule.search(ours):
            return GitError(trouble, one_line(said))
    if result.code < 0 and (by_signal := _SIGNALS.get(signal.Signals(-result.code))):
        return GitError(by_signal, one_line(said))
    return GitError(Trouble.UNKNOWN, one_line(said) or f"exit code {result.code}")


def lines(stderr: bytes, *, remote: bool) -> list[str]:
    """What was said, without progress; with the other side's lines only if `remote`."""
    return [
        line.decode("utf-8", "replace")
        for line in re.split(rb"[\r\n]+", stderr)
        if line.strip() and not _PROGRESS.match(line) and (remote or not line.startswith(b"remote:"))
    ]
