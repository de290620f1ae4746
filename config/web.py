"""The web process of `up`: uvicorn on a listening socket which the supervisor opened and keeps.

Kept there, the port is never given up between two web processes: who calls meanwhile waits instead of being
refused. Called as `python -m config.web FD`. Production starts uvicorn by its own command line.
"""

import socket
import sys

import uvicorn


def main(descriptor: int) -> None:
    """Serve until SIGTERM; open streams get two seconds to end."""
    options = uvicorn.Config(
        "config.asgi:application",
        lifespan="on",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(options).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
