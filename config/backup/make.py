"""Making a backup: one snapshot of the database, while others go on writing."""

import shutil
import signal
import subprocess
import tomllib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings

from config import tether
from config.backup import Trouble, address, archive, manifest, programs
from config.backup.landing import landing
from config.database import cluster

# A migration under way holds its tables; it takes seconds.
LOCK_WAIT = "60s"
LIMITS = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "lock_timeout": LOCK_WAIT}
_OPTIONS = (
    "--format=plain", "--schema=public", "--no-owner", "--no-privileges", "--no-comments", "--no-tablespaces",
    "--no-publications", "--no-subscriptions", "--no-security-labels", "--encoding=UTF8", "--no-password",
    f"--lock-wait-timeout={LOCK_WAIT}",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """`size` in bytes."""

    manifest: dict[str, Any]
    size: int


def backup(
    path: Path,
    database: dict[str, Any],
    *,
    force: bool = False,
    leave_out: tuple[str, ...] = manifest.LEFT_OUT,
) -> Made:
    """Everything in `database` (an entry of DATABASES) into the file `path`. Raises Trouble; nothing half is left.

    Of the tables in `leave_out` only the shape is kept.
    """
    with landing(path, force=force) as file:
        whole = archive.write(file, lambda packed: _dump(packed, database, leave_out))
        return Made(whole, file.tell())


def _dump(packed: IO[bytes], database: dict[str, Any], leave_out: tuple[str, ...]) -> dict[str, Any]:
    """SQL to `packed`; the manifest of exactly what that SQL holds."""
    where = address.of(database)
    try:
        with closing(psycopg.connect(**where)) as connection:  # type: ignore[arg-type]
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            cursor = connection.cursor()
            for name, limit in LIMITS.items():
                cursor.execute(f"SET LOCAL {name} = '{limit}'".encode())
            if "incidents_incident" not in manifest.tables(cursor):
                raise Trouble("This database holds no Nightdesk yet: there is nothing to back up.")
            snapshot, made_at = _one(cursor, "SELECT pg_export_snapshot(), clock_timestamp()")
            found = manifest.facts(cursor, without=leave_out)
            major = connection.info.server_version // 10_000
            _run(programs.pg_dump(major), where, snapshot, leave_out, packed)
    except psycopg.Error as problem:
        said = " ".join(str(problem).split()) or type(problem).__name__
        raise Trouble(f"The database cannot be read: {said}") from problem
    return {
        "version": program_version(),
        "made_at": made_at.isoformat(),
        "postgres": major,
        "site": settings.NIGHTDESK_URL,
        "left_out": sorted(leave_out),
        **found,
    }


def _one(cursor: psycopg.Cursor[Any], query: str) -> Any:
    cursor.execute(query.encode())
    return cursor.fetchone()


def _run(
    program: Path, where: dict[str, str], snapshot: str, leave_out: tuple[str, ...], packed: IO[bytes]
) -> None:
    line, secret = address.line(where)
    tables = [f"--exclude-table-data=public.{name}" for name in leave_out]
    command = [str(program), *_OPTIONS, *tables, f"--snapshot={snapshot}", f"--dbname={line}"]
    with (
        subprocess.Popen(  # noqa: S603
            tether.tethered(command, death_signal=signal.SIGKILL),
            env=cluster.ENVIRONMENT | secret,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process,
    ):
        assert process.stdout
        assert process.stderr
        try:
            shutil.copyfileobj(process.stdout, packed, archive.PIECE)
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace").strip().splitlines()
    if process.returncode:
        raise Trouble(f"pg_dump gave up: {said[0] if said else f'exit code {process.returncode}'}")


def program_version() -> str:
    """Nightdesk's own."""
    try:
        return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])
    except OSError:
        return "unknown"


def in_words(size: int) -> str:
    """120 kB, 3.4 MB."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, size // 1000)} kB"
