"""Reading a file that a monitor names: only under the operator's folders, only a regular file, and never by
following a link.

Every component is opened relative to the one before it with O_NOFOLLOW, so that nobody who may write there can swap a
folder for a link between a check and the reading. Outside the roots nothing is touched: the answer is the same whether
the file exists or not.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

MAX_BYTES = 1_000_000
# Of a log whose lines are counted; it is read in pieces.
MAX_COUNTED = 64_000_000
PIECE = 262_144
MAX_PATH = 1_000
VARIABLE = "NIGHTDESK_FILE_ROOTS"
UNWISE = frozenset({"bin", "boot", "dev", "etc", "lib", "proc", "root", "run", "sbin", "sys", "usr"})

_STEP = os.O_DIRECTORY | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class FileText:
    """What the file held and when it was last written (aware, UTC)."""

    body: bytes
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class FileFacts:
    """How large it is and when it was last written; `sha256` and the last bytes where somebody asked for them."""

    size: int
    modified_at: datetime
    sha256: str = ""
    tail: bytes = b""


@dataclass(frozen=True, slots=True)
class FileLines:
    """How many lines hold the text, how large the file is and when it was last written."""

    count: int
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """Why it was not read. Codes: bad_path, refused_path, not_found, symlink, not_regular, too_large,
    unreadable.
    """

    code: str
    detail: str


class _Refused(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.refusal = FileRefusal(code, detail)


def read(path: str, roots: Sequence[Path] | None = None) -> FileText | FileRefusal:
    """The file at an absolute `path` under one of `roots` (default: the operator's setting). Never raises
    for a bad path.
    """
    return _read(path, roots, _text)


def look(
    path: str, roots: Sequence[Path] | None = None, *, digest: bool = False, tail: int = 0
) -> FileFacts | FileRefusal:
    """What is known of it without keeping what it holds: of any size, its digest of up to 64 MB, the last `tail`
    bytes.
    """
    return _read(path, roots, lambda descriptor: _facts(descriptor, digest, tail))


def count(path: str, text: str, roots: Sequence[Path] | None = None) -> FileLines | FileRefusal:
    """In how many lines of it `text` stands, as it is written; of up to 64 MB."""
    return _read(path, roots, lambda descriptor: _lines(descriptor, text.encode()))


def _read[Found](
    path: str, roots: Sequence[Path] | None, reader: Callable[[int], Found]
) -> Found | FileRefusal:
    try:
        listed = [Path(root) for root in (settings.NIGHTDESK_FILE_ROOTS if roots is None else roots)]
        root, parts = _place(path, listed)
        with _open(root, parts) as descriptor:
            return reader(descriptor)
    except _Refused as refused:
        return refused.refusal
    except OSError as error:
        return _unreadable(error)


def problem(path: str) -> str:
    """What is wrong with the path as written, "" if nothing: for a form, without touching the disk or the
    roots.
    """
    if not path.startswith("/"):
        return _("The path must be absolute: it begins with a slash.")
    if len(path.encode("utf-8", "replace")) > MAX_PATH:
        return _("The path is longer than %(count)s bytes.") % {"count": MAX_PATH}
    if not path.isprintable():
        return _("The path contains a control character.")
    if ".." in path.split("/"):
        return _("The path must not contain “..”.")
    return "" if _parts(path) else _("The path names no file.")


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _place(path: str, roots: Sequence[Path]) -> tuple[Path, tuple[str, ...]]:
    """(root, components below it) by the spelling alone: the deepest root that the path stands under."""
    if wrong := problem(path):
        raise _Refused("bad_path", wrong)
    parts = _parts(path)
    for root in sorted(roots, key=lambda root: len(root.parts), reverse=True):
        above = _parts(str(root))
        if root.is_absolute() and parts[: len(above)] == above and len(parts) > len(above):
            return root, parts[len(above) :]
    if _is_unwise(parts):
        raise _Refused(
            "refused_path",
            _(
                "Nightdesk does not read there: such folders hold passwords, keys or devices of the server. "
                "Copy what is to be watched into a folder of its own."
            ),
        )
    value = ":".join(dict.fromkeys([*map(str, roots), "/" + "/".join(parts[:-1])]))
    raise _Refused(
        "refused_path",
        _(
            "Nightdesk reads files only in folders that are listed. If this is right and you run this server, "
            "set %(line)s and restart."
        )
        % {"line": f"{VARIABLE}={value}"},
    )


def _is_unwise(parts: tuple[str, ...]) -> bool:
    """Where no message of ours suggests to open a folder: the system's own, hidden ones, homes, our own data."""
    above, data = parts[:-1], _parts(str(settings.NIGHTDESK_DATA))
    return (
        not above
        or parts[0] in UNWISE
        or any(part.startswith(".") for part in above)
        or parts[: len(data)] == data
    )


@contextmanager
def _open(root: Path, parts: tuple[str, ...]) -> Iterator[int]:
    """The file's descriptor, walked to component by component. The root itself is the operator's word and
    may be a link.
    """
    folder = os.open(root, _STEP)
    try:
        for part in parts[:-1]:
            _look(part, folder, file=False)
            below = os.open(part, _STEP | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = below
        _look(parts[-1], folder, file=True)
        descriptor = os.open(parts[-1], _READ, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _look(part: str, folder: int, *, file: bool) -> None:
    """A clear word for a link or a device before it is opened; what is opened is checked again, so a swap
    gains nothing.
    """
    mode = os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        raise _symlink()
    if file and not stat.S_ISREG(mode):
        raise _not_regular()


def _regular(descriptor: int) -> os.stat_result:
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise _not_regular()
    return facts


def _facts(descriptor: int, digest: bool, tail: int) -> FileFacts:
    """As far as it went when it was opened."""
    facts = _regular(descriptor)
    end = os.pread(descriptor, tail, max(0, facts.st_size - tail)) if tail else b""
    if not digest:
        return FileFacts(facts.st_size, _modified(facts), tail=end)
    if facts.st_size > MAX_COUNTED:
        raise _Refused(
            "too_large",
            _("The sha256 of more than %(count)s bytes is not computed here: let nightdesk-push tell it.")
            % {"count": MAX_COUNTED},
        )
    found, left = hashlib.sha256(), facts.st_size
    while left > 0 and (chunk := os.read(descriptor, min(left, PIECE))):
        found.update(chunk)
        left -= len(chunk)
    return FileFacts(facts.st_size, _modified(facts), found.hexdigest(), end)


def _text(descriptor: int) -> FileText:
    facts = _regular(descriptor)
    chunks, left = [], MAX_BYTES + 1
    while left > 0 and (chunk := os.read(descriptor, min(left, PIECE))):
        chunks.append(chunk)
        left -= len(chunk)
    if left <= 0:
        raise _Refused("too_large", _("The file is larger than %(count)s bytes.") % {"count": MAX_BYTES})
    return FileText(b"".join(chunks), _modified(facts))


def _lines(descriptor: int, text: bytes) -> FileLines:
    """Counted as far as it went when it was opened. A piece of a line that is still being written counts once it is
    there, with its line.
    """
    facts = _regular(descriptor)
    if facts.st_size > MAX_COUNTED:
        raise _Refused(
            "too_large",
            _("The log is larger than %(count)s bytes: let it be rotated.") % {"count": MAX_COUNTED},
        )
    found, rest, left = 0, b"", facts.st_size
    while left > 0 and (chunk := os.read(descriptor, min(left, PIECE))):
        left -= len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        found += sum(text in line for line in lines)
        if len(rest) > MAX_BYTES:  # no log has such lines
            found, rest = found + (text in rest), b""
    return FileLines(found + (text in rest), facts.st_size, _modified(facts))


def _modified(facts: os.stat_result) -> datetime:
    return datetime.fromtimestamp(max(0, min(facts.st_mtime, 253_402_300_799)), UTC)


def _symlink() -> _Refused:
    return _Refused("symlink", _("The path leads through a symbolic link. Name the file itself."))


def _not_regular() -> _Refused:
    return _Refused(
        "not_regular", _("This is not a regular file but a folder, a device, a pipe or a socket.")
    )


def _unreadable(error: OSError) -> FileRefusal:
    if isinstance(error, FileNotFoundError):
        return FileRefusal("not_found", _("There is no such file."))
    if isinstance(error, NotADirectoryError):
        return FileRefusal("not_found", _("There is no such file: a part of the path is not a folder."))
    if error.errno == errno.ELOOP:
        return _symlink().refusal
    if isinstance(error, PermissionError):
        return FileRefusal("unreadable", _("Nightdesk has no permission to read this file."))
    return FileRefusal("unreadable", _("The file could not be read: %(words)s.") % {"words": error.strerror})
