"""The HTTP server that is probed: processes which accept, read once, answer and close. Nothing else, so that it is
never the slowest part. `python -m benchmarks.answering PORT PROCESSES`, ended by closing its standard input.
"""

import contextlib
import os
import signal
import socket
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def answer(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(ANSWER)


def main(port: int, processes: int) -> None:
    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    children = []
    for _ in range(processes):
        child = os.fork()
        if not child:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            answer(listener)
        children.append(child)
    print("listening", flush=True)  # noqa: T201 - for who started us
    sys.stdin.read()
    for child in children:
        os.kill(child, signal.SIGTERM)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
