"""The web process: uvicorn as Nightdesk needs it, which no command line of uvicorn's own says so shortly.

`python -m config.web --port 8000` in production; any number of them serve one site. `up` opens the listening socket
itself, keeps it and passes `--fd`: so the port is never given up between two web processes, and who calls meanwhile
waits instead of being refused.
"""

import argparse
import socket
import sys

import uvicorn
from django.core.exceptions import ImproperlyConfigured

from config.database.cluster import Unusable

MOST_PORTS = 65_535


def main(asked: argparse.Namespace) -> None:
    """Serve until SIGTERM; open streams get two seconds to end."""
    try:
        sockets = None if asked.fd is None else [socket.socket(fileno=asked.fd)]
    except OSError as problem:
        sys.exit(f"Nightdesk cannot start: --fd {asked.fd} is no open socket ({problem.strerror})")
    try:
        from config import asgi
        from config.database import migrated  # reads the settings

        migrated.start()
    except (ImproperlyConfigured, Unusable) as problem:
        sys.exit(f"Nightdesk cannot start: {problem}")
    options = uvicorn.Config(
        asgi.application,
        host=asked.host,
        port=asked.port,
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # uvicorn believes all of 127.0.0.1; config/http/proxies.py believes whom you name
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(options).run(sockets=sockets)


def arguments() -> argparse.ArgumentParser:
    """What it understands."""
    parser = argparse.ArgumentParser(
        prog="python -m config.web", description="Serves Nightdesk's pages and streams."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=port, default=8000, help="port to listen on (8000; 0: any free one)")
    parser.add_argument("--fd", type=int, help="an open listening socket instead")
    return parser


def port(text: str) -> int:
    """Its name is what argparse says to who types no number."""
    number = int(text)
    if not 0 <= number <= MOST_PORTS:
        raise argparse.ArgumentTypeError(f"port {number} does not exist: it must be from 1 to {MOST_PORTS}")
    return number


if __name__ == "__main__":
    main(arguments().parse_args())
