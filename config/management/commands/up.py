"""`./run up`: PostgreSQL, web and worker on one machine, looked after until Ctrl-C."""

import http.client
import os
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config.database.cluster import Unusable
from config.embedded import Server
from config.starting import prepared, served
from config.starting.preparation import warn
from config.supervisor import Child, Process, Stop, end, ignore_signals, say, started, stoppable, supervise
from foundation.origin import is_this_machine

WORKER = ("-m", "config.celery_worker")

# Every address of this machine, and the one to ask oneself by.
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared, not bound


class Command(BaseCommand):
    """Start everything, watch it, end everything."""

    help = "Starts Nightdesk on this machine: database, web and worker. Ctrl-C stops all of it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument(
            "--port", type=int, default=8000, help="port to listen on (8000; 0: any free one)"
        )

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        try:
            with stoppable():
                up(host, port)
        except Stop:
            say("Nightdesk has stopped.")


def up(host: str, port: int, *, demo: bool = False) -> None:
    """Returns by Stop, Unusable or SystemExit only, with nothing left behind. `demo` fills an empty house."""
    database = None if settings.DATABASE_URL else Server(settings.EMBEDDED)
    children: list[Child] = []
    listener: socket.socket | None = None
    try:
        if database is not None:
            database.start(patience=1.0)
            children.append(Child("PostgreSQL", database.launch, database.process))
        listener = listen(host, port)
        address = f"http://{name_of(host)}:{listener.getsockname()[1]}"
        served.note(settings.NIGHTDESK_DATA, address)
        if (hint := unanswered(host)) and not demo:
            say(hint)
        prepare(address, *(("--demo", address) if demo else ()))
        children += [web(listener, address), worker(address)]
        supervise(children, partial(answers, host, listener), f"Nightdesk is ready at {address}")
    finally:
        ignore_signals()
        if listener is not None:
            listener.close()
        end([child for child in children if child.name != "PostgreSQL"], database)


def name_of(host: str) -> str:
    """The name by which people at this machine reach what listens on `host`. Passkeys refuse an address for a name."""
    if host in EVERYWHERE or is_this_machine(host):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def unanswered(host: str) -> str:
    """What to say to who listens on the network and has not said by which name: only this machine's are answered."""
    if host not in EVERYWHERE or os.environ.get("NIGHTDESK_URL") or os.environ.get("ALLOWED_HOSTS"):
        return ""
    return (
        "Only the name localhost is answered: set NIGHTDESK_URL to the address that people will type, "
        "such as http://192.168.1.20:8000, and start again."
    )


def prepare(address: str, *arguments: str) -> None:
    """`./run prepare` in a process of its own, whose memory is free again afterwards. It says itself what is wrong.

    None where nothing is left to prepare, as at most starts."""
    if not arguments and prepared.nothing_left():
        warn()
        return
    process = python((str(settings.BASE_DIR / "manage.py"), "prepare", *arguments), address, ())
    try:
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if code:
        raise SystemExit(1)


def listen(host: str, port: int) -> socket.socket:
    """The socket that every web process of this `up` serves."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).partition(" (while")[0]
        raise Unusable(
            f"cannot listen on {host} port {port} ({reason}). Choose another one: ./run up --port 8001"
        ) from problem
    except OverflowError as problem:
        raise Unusable(f"port {port} does not exist: it must be from 1 to 65535") from problem


def web(listener: socket.socket, address: str) -> Child:
    """uvicorn on the listener."""
    descriptor = listener.fileno()
    return Child(
        "The web process",
        partial(python, ("-m", "config.web", "--fd", str(descriptor)), address, (descriptor,)),
    )


def worker(address: str) -> Child:
    """Celery, which carries the ticker."""
    return Child("The worker", partial(python, WORKER, address, ()))


def python(arguments: tuple[str, ...], address: str, descriptors: tuple[int, ...]) -> Process:
    """A Python process of ours: links lead to where `up` serves, unless the environment says otherwise."""
    environment = {
        "NIGHTDESK_URL": address,
        "MALLOC_ARENA_MAX": "2",  # many threads: without it glibc keeps tens of MB more
        **os.environ,
        "PYTHONUNBUFFERED": "1",
    }
    folder: Path = settings.BASE_DIR
    return started([sys.executable, *arguments], environment, str(folder), descriptors)


def answers(host: str, listener: socket.socket) -> bool:
    """Whether the web process answers /healthz (what it says about host names does not matter here)."""
    local = EVERYWHERE.get(host, host)
    connection = http.client.HTTPConnection(local, listener.getsockname()[1], timeout=0.5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
