"""PostgreSQL's own programs: which of those on this machine is new enough for the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from config.backup import Trouble
from config.database import cluster

_PACKAGED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*")


def pg_dump(major: int) -> Path:
    """One that can read a server of that major version. Raises Trouble when there is none."""
    found = {path: version(path) for path in _candidates("pg_dump")}
    good = [path for path, its in found.items() if its >= major]
    if good:
        return good[0]
    there = ", ".join(sorted({str(its) for its in found.values() if its})) or "none"
    raise Trouble(
        f"The database is PostgreSQL {major}, and a backup needs the program pg_dump of version {major} or newer; "
        f"here is {there}. Install PostgreSQL's client programs, such as the package postgresql-client-{major}."
    )


def version(program: Path) -> int:
    """Its major version; 0 when it does not run here."""
    try:
        said = subprocess.run(  # noqa: S603
            [program, "--version"],
            capture_output=True,
            text=True,
            check=True,
            env=cluster.ENVIRONMENT,
            timeout=10,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(r"(\d+)(\.|beta|rc|devel)", said)
    return int(number[1]) if number else 0


def packaged(major: int) -> Path | None:
    """The folder of the system's own server of that version."""
    return next((path.parent for path in _system("postgres") if version(path) == major), None)


def _candidates(name: str) -> Iterator[Path]:
    with suppress(cluster.Unusable):  # in production only the client is installed
        yield cluster.binaries() / name
    yield from _system(name)
    if on_path := shutil.which(name, path=os.environ.get("PATH")):
        yield Path(on_path)


def _system(name: str) -> list[Path]:
    found = [path / name for pattern in _PACKAGED for path in Path("/").glob(pattern.lstrip("/"))]
    return sorted((path for path in found if path.is_file()), key=str, reverse=True)
