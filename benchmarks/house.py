"""A whole Nightdesk of the benchmark's own: `./run up` on an empty data folder, gone afterwards."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import psutil

from benchmarks.figure import Unable
from benchmarks.inside import Inside
from tests.setup.running import EMAIL, PASSWORD, READY, ROOT, Up

RUN = (str(ROOT / "run"),)
ADMINISTRATOR = {"NIGHTDESK_ADMIN_EMAIL": EMAIL, "NIGHTDESK_ADMIN_PASSWORD": PASSWORD}
PORTS = range(21000, 22000)  # below those the kernel gives to outgoing connections


@dataclass(frozen=True)
class House:
    """A ready Nightdesk: where it serves, its processes, and a second process beside its worker."""

    address: str
    up: Up
    inside: Inside

    @property
    def processes(self) -> list[psutil.Process]:
        return self.up.family


@contextmanager
def house(**environment: str) -> Iterator[House]:
    """Started and ended for one benchmark; `environment` adds to an almost empty one."""
    with folder() as place:
        up = Up(place / "data", program=RUN, port=str(free_port()), **ADMINISTRATOR, **environment)
        try:
            address = up.line(READY).removeprefix(READY)
            with Inside(place / "data", **environment) as inside:
                yield House(address, up, inside)
        finally:
            if up.process.poll() is None:
                up.stop()


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nightdesk-bench-") as place:
        yield Path(place)


def free_port() -> int:
    """Each process begins elsewhere: what another one has found may not be taken yet."""
    first = os.getpid() * 7 % len(PORTS)
    for port in chain(PORTS[first:], PORTS[:first]):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Unable(f"no port from {PORTS.start} to {PORTS.stop - 1} is free")
