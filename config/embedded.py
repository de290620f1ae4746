"""PostgreSQL of our own for one machine: started from the wheel, reached only through a Unix socket.

The socket's folder is a function of the data folder, so every command finds the running server untold.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from config import tether
from config.database import cluster
from config.database.cluster import Unusable

PORT = "5432"  # only part of the socket's name: nothing listens on the network
START_SECONDS = 60.0  # a cold first start took 4 s on a busy disk
LOG_BYTES = 5_000_000
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": PORT,
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What was asked stays out of the log: it holds session keys and what people typed.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",  # twelve times an hour, and nothing to do about it
    "jit": "off",
    "io_method": "sync",  # three processes less; a read from disk is rare and small here
    "max_logical_replication_workers": "0",
}
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # A page asks with a dozen joins: to weigh their orders takes 3 to 16 ms, to follow the one that is written 1 ms.
    "join_collapse_limit": "1",
}


class InUse(Unusable):
    """Another process has this data folder."""


def socket_folder(folder: Path) -> Path:
    """A short path (a socket's may have about 107 bytes), the same for everybody who asks about `folder`."""
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"nightdesk-{os.getuid()}-{digest}"  # noqa: S108 - owner and mode are verified


def settings(folder: Path, *, owner: bool = False) -> dict[str, Any]:
    """The entry for Django's DATABASES. A folder whose second role is still to be made has only the owner."""
    where = str(socket_folder(folder))
    app = not owner and (folder / cluster.ROLES_MADE).exists()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": cluster.DATABASE,
        "USER": cluster.APP if app else cluster.USER,
        "PASSWORD": "",
        "HOST": where,
        "PORT": PORT,
    }


class Server:
    """One cluster in `folder`. `durable=False` is for tests: quick, and lost when the machine dies.

    `programs`: the folder of another version's, for a cluster which that one made (config/backup/upgrade.py)."""

    def __init__(self, folder: Path, *, durable: bool = True, programs: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.durable = durable
        self.programs = programs
        self.sockets = socket_folder(self.folder)
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._identity = "same"
        self._claimed = False  # the socket folder is ours to remove

    def start(self, *, patience: float = 0.0) -> None:
        """Make the cluster when there is none, start it, return when it answers.

        Waits `patience` seconds for another process to let go of the folder, then raises InUse."""
        try:
            self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._take_lock(patience)
            self._identity = cluster.identity_for(self.folder)
            self._claim_socket_folder()
            if not self.folder.exists():
                cluster.make(self.folder, self._identity, self._options(), durable=self.durable)
            cluster.check_owner(self.folder, self._identity)
            if self.programs is None:
                cluster.check_version(self.folder, self._identity)
            cluster.give(self.folder, self._identity)
            self.launch()
        except OSError as problem:
            self.stop()
            raise Unusable(f"{problem.filename or self.folder}: {problem.strerror}.") from problem
        except BaseException:
            self.stop()
            raise

    def stop(self, *, seconds: float = 10.0) -> None:
        """Stop in order (what is open is rolled back) and let go of the folder. Harmless when not started."""
        if self.process is not None:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)  # at once; recovers from its log at the next start
                self.process.wait()
            self.process = None
        if self._claimed:
            shutil.rmtree(self.sockets, ignore_errors=True)
            self._claimed = False
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server's process in its folder, which is ours; returns it when it answers.

        For `start`, and for the supervisor when the process has died."""
        self._await_predecessor()
        log = self.folder.with_suffix(".log")
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        command = [
            str((self.programs or cluster.binaries()) / "postgres"),
            "-D",
            str(self.folder),
            *self._options(),
        ]
        with log.open("ab") as output:
            began = output.tell()
            self.process = subprocess.Popen(  # noqa: S603
                tether.tethered(command, death_signal=signal.SIGINT, identity=self._identity),
                env=cluster.ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until = time.monotonic() + START_SECONDS
        while cluster.status(self.folder) != (str(self.process.pid), "ready"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise Unusable(f"PostgreSQL did not start: {_reason(log, began)} (more in {log})")
            time.sleep(0.02)
        return self.process

    def _take_lock(self, patience: float) -> None:
        lock = self.folder.with_suffix(".lock").open("a+")
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() < until:
                    time.sleep(0.1)
                    continue
                lock.seek(0)
                owner = lock.read().strip() or "unknown"
                lock.close()
                raise InUse(
                    f"Nightdesk is already running on {self.folder.parent} (process {owner}). "
                    "Stop that one first, or set NIGHTDESK_DATA to another folder."
                ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _claim_socket_folder(self) -> None:
        """Ours alone; somebody else could have made it first."""
        owner = tether.NOBODY if self._identity == cluster.AS_NOBODY else os.geteuid()
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if not self.sockets.is_symlink() and found.st_uid == os.geteuid() != owner:
            cluster.give(self.sockets, self._identity)
            found = self.sockets.lstat()
        if self.sockets.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            raise Unusable(f"{self.sockets} belongs to somebody else: remove it, or set NIGHTDESK_DATA.")
        self._claimed = True

    def _await_predecessor(self) -> None:
        """We hold the lock, so a server still here lost its supervisor and is shutting down: let it end.

        A pid file that nobody belongs to is what a power cut leaves. PostgreSQL would refuse to start when
        another program meanwhile got that pid."""
        pid_file = self.folder / "postmaster.pid"
        until = time.monotonic() + 10
        while pid_file.exists() and cluster.processes(self.folder) and time.monotonic() < until:
            time.sleep(0.05)
        if Path("/proc/self/cwd").exists() and not cluster.processes(self.folder):
            pid_file.unlink(missing_ok=True)

    def _options(self) -> list[str]:
        options = OPTIONS | ({} if self.durable else QUICK) | {"unix_socket_directories": str(self.sockets)}
        if self.programs:
            del options["io_method"]  # new in 18
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]


def _reason(log: Path, began: int) -> str:
    """Of what was written from `began` on: before it lie other starts."""
    with log.open("rb") as file:
        file.seek(began)
        return cluster.reason(file.read().decode(errors="replace"))


@contextmanager
def serving(folder: Path, *, durable: bool = True, programs: Path | None = None) -> Iterator[Server]:
    """A server of our own, and nobody else's: raises InUse while another process has the folder."""
    server = Server(folder, durable=durable, programs=programs)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder for us alone, without a server: raises InUse while another process has it."""
    server = Server(folder)
    server._take_lock(0.0)
    try:
        yield
    finally:
        server.stop()


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """The server for the length of a command: the one that runs already, or one of our own."""
    with _users(folder) as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server = Server(folder)
        with suppress(InUse):
            server.start()
        try:
            if server.process is None:
                _await_ready(folder)
            yield
        finally:
            if server.process is not None:
                fcntl.flock(users, fcntl.LOCK_EX)  # other commands which found our server end first
            server.stop()


def _users(folder: Path) -> IO[str]:
    """The file that commands at work on `folder` hold."""
    path = folder.with_suffix(".users")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path.open("a")
    except OSError as problem:
        raise Unusable(f"{problem.filename or path}: {problem.strerror}.") from problem


def _await_ready(folder: Path) -> None:
    """Somebody else has the folder: its server may be just starting."""
    until = time.monotonic() + START_SECONDS
    while cluster.status(folder)[1] != "ready":
        if time.monotonic() > until:
            raise Unusable(
                f"The PostgreSQL of {folder} does not answer (more in {folder.with_suffix('.log')})."
            )
        time.sleep(0.05)
