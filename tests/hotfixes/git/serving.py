"""Real servers on loopback: git's own `http-backend` behind a small HTTP server, and ones that misbehave."""

import base64
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import override

TOKEN = "tok-3f9a/secret+value"


class Handler(BaseHTTPRequestHandler):
    """Gives each request to `git http-backend` by CGI (RFC 3875), or to what `Site.instead` says."""

    protocol_version = "HTTP/1.0"
    server: "Site"
    body: bytes

    @override
    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def answer(self, body: bytes) -> None:
        self.body = body
        self.server.seen.append((self.path, self.headers.get("Authorization") or ""))
        if self.server.instead and self.server.instead(self):
            return
        if self.server.token and not self._knows(self.server.token):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=environment)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if ": " in line]
        status = next((value for key, value in lines if key == "Status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for key, value in lines:
            if key != "Status":
                self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    def _knows(self, token: str) -> bool:
        kind, _, sent = (self.headers.get("Authorization") or "").partition(" ")
        return kind == "Basic" and base64.b64decode(sent).decode().partition(":")[2] == token


class Site(ThreadingHTTPServer):
    """`seen`: (path, Authorization) of each request. `instead(handler)` answers itself and says so by True."""

    daemon_threads = True

    def __init__(self, root: Path, handler: type[BaseHTTPRequestHandler] = Handler) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.root = root
        self.token = ""
        self.instead: Callable[[Handler], bool] | None = None
        self.seen: list[tuple[str, str]] = []

    @override
    def shutdown_request(self, request: object) -> None:
        """Over TLS say goodbye first: GnuTLS takes a plain end for an attack."""
        if isinstance(request, ssl.SSLSocket):
            with suppress(OSError):
                request.unwrap()
        super().shutdown_request(request)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def served(root: Path, handler: type[BaseHTTPRequestHandler] = Handler) -> Iterator[Site]:
    """All repositories below `root`, over smart HTTP."""
    with Site(root, handler) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield site
        site.shutdown()
        thread.join()


@contextmanager
def served_as_files(root: Path) -> Iterator[Site]:
    """The same over dumb HTTP: plain files."""

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(root))  # type: ignore[arg-type]

        @override
        def log_message(self, format: str, *args: object) -> None: ...

    with served(root, Files) as site:
        yield site


@contextmanager
def talking(talk: Callable[[socket.socket], object]) -> Iterator[int]:
    """A port where each connection is given to `talk`, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _peer = listener.accept()
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talk(connection)

    threading.Thread(target=accept, daemon=True).start()
    with closing(listener):
        yield listener.getsockname()[1]


def endless(connection: socket.socket) -> None:
    """An answer to the first question that never stops."""
    connection.recv(65536)
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nConnection: close\r\n\r\n"
        b"001e# service=git-upload-pack\n0000"
    )
    line = b"003d" + b"a" * 40 + b" refs/heads/endless-0000\n"
    line = b"%04x" % len(line) + line[4:]
    while True:
        connection.sendall(line * 1000)


def silent(connection: socket.socket) -> None:
    """Takes the question and never answers."""
    while connection.recv(65536):
        pass
