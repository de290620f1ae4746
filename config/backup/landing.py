"""A file that appears under its name whole, or not at all: also after a kill or a full disk."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from config.backup import Trouble


@contextmanager
def landing(path: Path, *, force: bool = False) -> Iterator[IO[bytes]]:
    """Write to what this gives; at the end it is on the disk, has its name, and only its owner may read it.

    Raises Trouble when there is a file of that name (unless `force`) and when the disk will not have it.
    """
    if os.path.isdir(path):  # noqa: PTH112 - Path's own raise for a name that is too long, in Python 3.12
        raise Trouble(f"{path} is a folder: name a file in it.")
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113
        raise Trouble(
            f"{path} is no file but a device or a pipe, and was not touched. Name a file, or - for a pipe."
        )
    if os.path.lexists(path) and not force:
        raise Trouble(f"{path} exists already and was not touched. Name another file, or add --force.")
    folder = -1
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        with _nameless(folder) as (file, name):
            yield file
            file.flush()
            os.fsync(file.fileno())
            _give_name(file, name, path.name, folder, force=force)
            os.fsync(folder)
    except FileExistsError as problem:
        raise Trouble(f"{path} has just been made by somebody else and was not touched.") from problem
    except OSError as problem:
        raise Trouble(
            f"{path} could not be written: {problem.strerror or problem}. Nothing was left there."
        ) from problem
    finally:
        if folder >= 0:
            os.close(folder)


@contextmanager
def aside() -> Iterator[Path]:
    """A folder for what comes or goes by a pipe, gone afterwards. Raises Trouble when there is no place for one."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="nightdesk-")
    except OSError as problem:
        raise Trouble(
            f"There is no folder for temporary files ({problem.strerror}). Set TMPDIR to one that can be written."
        ) from problem
    with folder as name:
        yield Path(name)


@contextmanager
def _nameless(folder: int) -> Iterator[tuple[IO[bytes], str]]:
    """A file without a name, which is gone when its process is; where the file system has none, one named aside."""
    name = ""
    try:
        descriptor = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600, dir_fd=folder)
    except OSError:
        name = f".nightdesk-{os.getpid()}.part"
        flags = os.O_CREAT | os.O_TRUNC | os.O_RDWR | os.O_NOFOLLOW
        descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file, name
    finally:
        if name:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)


def _give_name(file: IO[bytes], aside: str, name: str, folder: int, *, force: bool) -> None:
    if not aside and not force:
        _link(file, name, folder)  # refuses, at this very moment, a name that is taken
        return
    if not aside:
        aside = f".nightdesk-{os.getpid()}.part"
        with suppress(FileNotFoundError):
            os.unlink(aside, dir_fd=folder)
        _link(file, aside, folder)
    elif not force and _there(name, folder):
        raise FileExistsError(name)
    os.rename(aside, name, src_dir_fd=folder, dst_dir_fd=folder)


def _link(file: IO[bytes], name: str, folder: int) -> None:
    os.link(f"/proc/self/fd/{file.fileno()}", name, dst_dir_fd=folder, follow_symlinks=True)


def _there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
