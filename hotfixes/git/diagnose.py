"""From what git said when it failed to one Trouble.

Only git's own complaints count, without what they quote: a repository called `certificate-unreachable.git` must not
choose its own diagnosis. What the other side says (`remote: …`) may claim anything; it is shown and never decides.
"""

import re
import signal
from collections.abc import Iterable

from hotfixes.git.process import Result
from hotfixes.git.trouble import GitError, Trouble, one_line

# First match wins; git's words in the C locale, then curl's. Checked against git 2.39.
_WORDS: list[tuple[Trouble, tuple[str, ...]]] = [
    (
        Trouble.MEMORY,
        ("out of memory", "cannot allocate memory", "malloc failed", "unable to create threaded async"),
    ),
    (Trouble.CPU, ("died of signal 24",)),
    (Trouble.BUSY, ("cannot lock ref", r"unable to create '': file exists")),
    (Trouble.TOO_BIG, ("died of signal 25", "file too large", "pack exceeds maximum allowed size")),
    (Trouble.DISK, ("no space left on device", "disk quota exceeded")),
    (Trouble.PROTOCOL, ("transport '' not allowed", "protocol .{1,40} disabled", "unsupported protocol")),
    (Trouble.SHALLOW, ("shallow roots are not allowed", "from a shallow repository")),
    (Trouble.REDIRECTED, (r"returned error: 30\d", "unable to update url base from redirection")),
    (
        Trouble.CREDENTIALS,
        ("authentication failed", "could not read (?:username|password)", r"returned error: 40[13]"),
    ),
    (Trouble.NOT_A_REPOSITORY, ("repository '' not found", r"returned error: (?:404|410)")),
    (Trouble.NOT_A_REPOSITORY, ("is this a git repository", "not appear to be a git repository")),
    (Trouble.NOT_A_REPOSITORY, ("detected dubious ownership", "mismatched algorithms")),
    (Trouble.NAME, ("could not resolve host",)),
    (Trouble.REMOTE, ("recv error", "ssl_read", "ssl_write", "send failure")),
    (Trouble.TLS, ("certificate", "ssl", "gnutls", r"\btls\b")),
    (Trouble.TIMEOUT, ("timed out", "operation too slow", "timeout was reached")),
    (
        Trouble.UNREACHABLE,
        ("failed to connect", "couldn't connect", "connection refused", "no route to host"),
    ),
    (Trouble.UNREACHABLE, ("is unreachable",)),
    (
        Trouble.CORRUPT,
        (
            "fsck error",
            "bad object",
            "object corrupt",
            "not send all necessary objects",
            "not receive expected object",
        ),
    ),
    (
        Trouble.CORRUPT,
        ("inflate", "unresolved deltas", "missing (?:blob|tree|commit)", "bad tree", "is corrupt"),
    ),
    (Trouble.CORRUPT, ("invalid object", "unable to parse", "packed object .* is", "does not match index")),
    (Trouble.MISSING, ("not a valid (?:commit|object) name", "bad revision", "not a tree object")),
    (Trouble.REMOTE, (r"returned error: \d\d\d", "remote error", "hung up", "early eof", "rpc failed")),
    (Trouble.REMOTE, ("unexpected disconnect", "recv failure", "empty reply", "http2", "bad line length")),
    (Trouble.REMOTE, ("protocol error", "invalid .*response", "bad packet", "bad band", "unexpected line")),
    # index-pack was killed without a word; mirror.py looks whether it had reached the limit of a file.
    (Trouble.CPU, ("invalid index-pack output",)),
    (
        Trouble.REMOTE,
        ("unable to access", "remote helper", "expected flush", "expected packfile", "malformed"),
    ),
]
_RULES = [(trouble, re.compile("|".join(words), re.I)) for trouble, words in _WORDS]
_SIGNALS = {
    signal.SIGXCPU: Trouble.CPU,
    signal.SIGKILL: Trouble.CPU,  # the hard limit, two seconds later; or the kernel's own out-of-memory killer
    signal.SIGXFSZ: Trouble.TOO_BIG,
    signal.SIGABRT: Trouble.MEMORY,
    signal.SIGSEGV: Trouble.MEMORY,
}
_PROGRESS = re.compile(rb"(?:remote: )?[A-Z][a-z]+(?: [a-z]+)+: +\d+(?:% |, done)|remote: Total ")
_TRACE = re.compile(rb"\d\d:\d\d:\d\d\.\d+ http\.c:\d+ ")
_QUOTED = re.compile(r"'[^'\n]*'")


def failure(result: Result, secrets: Iterable[str] = ()) -> GitError:
    """The error for a run that failed. `secrets` are cut from what git said."""
    said = lines(result.stderr)
    complaints = _QUOTED.sub("''", "\n".join(line for line in said if _is_complaint(line)))
    shown = " ".join(said[-6:])
    for secret in filter(None, secrets):
        shown = shown.replace(secret, "[secret]")
    for trouble, rule in _RULES:
        if rule.search(complaints):
            return GitError(trouble, one_line(shown))
    if result.code < 0 and (by_signal := _SIGNALS.get(signal.Signals(-result.code))):
        return GitError(by_signal, one_line(shown))
    return GitError(Trouble.UNKNOWN, one_line(shown) or f"exit code {result.code}")


def is_about_shallow(stderr: bytes) -> bool:
    """Whether git left refs out because the other side has only a part of its history; its exit code is 0 then."""
    return any("shallow roots are not allowed" in line for line in lines(stderr) if _is_complaint(line))


def lines(stderr: bytes) -> list[str]:
    """What was said, without progress and trace."""
    return [
        line.decode("utf-8", "replace").rstrip()
        for line in re.split(rb"[\r\n]+", stderr)
        if line.strip() and not _PROGRESS.match(line) and not _TRACE.match(line)
    ]


def _is_complaint(line: str) -> bool:
    """Not the other side's words, nor a line about a ref (` * [new branch] …`), nor the address (`From …`)."""
    return not line.startswith(("remote:", " ", "From "))
