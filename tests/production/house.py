"""Production without Docker: the services of docker-compose.yml with their own commands and environment, a real
PostgreSQL with both roles made by the script that the image runs, a real Redis."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config import tether
from config.database import cluster
from tests.patience import START_S
from tests.production.compose import ROOT, services

WAIT_S = START_S  # for a busy machine; nothing waits that long


def until[T](happened: Callable[[], T], what: str) -> T:
    """What `happened` says once it says something true."""
    end = time.monotonic() + WAIT_S
    while not (said := happened()):
        assert time.monotonic() < end, what
        time.sleep(0.03)
    return said


_ports = iter(range(20_000 + os.getpid() % 8_000, 32_000))


def free_port() -> int:
    """Below the ports that connections of other programs take; each one only once."""
    for port in _ports:
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def answers(port: int) -> bool:
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 0.5)):
        return True
    return False


@dataclass
class House:
    """Where things are, and the processes by name (`web-1`, `worker-2`)."""

    folder: Path
    postgres: int
    redis: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self, service: str, number: int = 1, **changes: str) -> subprocess.Popen[bytes]:
        """One container of `service`, as compose names command and environment; hosts and ports are this machine's."""
        name, found = f"{service}-{number}", services()[service]
        command = [str(part) for part in found["command"]]
        command[0] = str(Path(sys.executable).with_name(command[0]))
        if "--port" in command:
            port = self.ports[name] = free_port()
            command[command.index("--port") + 1] = str(port)
            command[command.index("--host") + 1] = "127.0.0.1"
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                tether.tethered(command, death_signal=signal.SIGKILL),
                cwd=ROOT,
                env=self.environment(service) | changes,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self.processes[name]

    def environment(self, service: str) -> dict[str, str]:
        asked = {name: text for name, text in services()[service]["environment"].items() if text is not None}
        moved = {
            name: text.replace("@db:5432/", f"@127.0.0.1:{self.postgres}/").replace(
                "redis://redis:6379/", f"redis://127.0.0.1:{self.redis}/"
            )
            for name, text in asked.items()
        }
        return moved | {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "NIGHTDESK_DATA": str(self.folder / "data"),
            "NIGHTDESK_TRUSTED_PROXIES": "127.0.0.1",  # the test stands where the proxy stands
            "NIGHTDESK_PROBE_NETWORKS": "127.0.0.1",
        }

    def serving(self) -> None:
        """Returns when every web process listens."""
        for name, port in self.ports.items():
            until(lambda: answers(port) or self.processes[name].poll() is not None, f"{name} serves")  # noqa: B023
            assert self.processes[name].poll() is None, self.log(name)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def end(self) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(4)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """PostgreSQL and Redis run; services are to be started."""
    with ExitStack() as ends:
        found = House(folder, postgres(folder, ends), redis(folder, ends))
        ends.callback(found.end)
        yield found


def ended(process: subprocess.Popen[bytes], number: int) -> None:
    process.send_signal(number)
    process.wait(20)


def postgres(folder: Path, ends: ExitStack) -> int:
    """As the image makes it: a superuser, our locale, passwords over TCP, then our script."""
    asked, data, port = services()["db"]["environment"], folder / "database", free_port()
    data.mkdir(mode=0o700)
    identity = cluster.identity_for(data)
    cluster.give(data, identity)
    made = cluster.call(
        "initdb", f"--pgdata={data}", f"--username={asked['POSTGRES_USER']}", "--auth-local=trust",
        "--auth-host=scram-sha-256", "--no-sync", *asked["POSTGRES_INITDB_ARGS"].split(), identity=identity,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": data, "fsync": "off",
               "max_connections": 60, "shared_buffers": "32MB"}  # fmt: skip
    server = [str(cluster.binaries() / "postgres"), "-D", str(data)]
    server += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (folder / "postgres.log").open("wb") as log:
        process = subprocess.Popen(
            tether.tethered(server, death_signal=signal.SIGINT, identity=identity),
            env=cluster.ENVIRONMENT,
            stderr=log,
            start_new_session=True,
        )
    ends.callback(ended, process, signal.SIGINT)
    until(lambda: cluster.status(data)[1] == "ready", "PostgreSQL runs")
    subprocess.run(
        ["sh", ROOT / "deploy" / "postgres-roles.sh"],
        env={
            **asked,
            "PATH": f"{cluster.binaries()}:/usr/bin:/bin",
            "PGHOST": str(data),
            "PGPORT": str(port),
        },
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return port


def redis(folder: Path, ends: ExitStack) -> int:
    port, (program, *options) = free_port(), services()["redis"]["command"]
    process = subprocess.Popen(
        [
            shutil.which(program) or program,
            *options,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    ends.callback(ended, process, signal.SIGTERM)
    until(lambda: answers(port), "Redis runs")
    return port


def database(
    found: House, service: str, name: str = "DATABASE_URL"
) -> psycopg.Connection[tuple[object, ...]]:
    """A connection as that service has it."""
    return psycopg.connect(found.environment(service)[name], autocommit=True)
