"""A forge on loopback: real HTTP, pages with Link, ETags, tokens, limits, and every way to misbehave."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any, override
from urllib.parse import parse_qsl, urlsplit

from hotfixes.forges.address import Connection
from network.egress import Policy
from tests.hotfixes.forges.dialects import DIALECTS
from tests.hotfixes.forges.state import TOKEN, State

HERE = Policy(frozenset({ip_network("127.0.0.0/8")}))


@dataclass
class Forge:
    """`forbidden`: parts of paths answered with 403; `instead` answers in its own way and says whether it did."""

    kind: str
    state: State = field(default_factory=State)
    port: int = 0
    token: str = TOKEN
    me: str = "nightdesk-bot"
    forbidden: tuple[str, ...] = ()
    instead: "Callable[[Handler], bool] | None" = None
    most: int = 100
    seen: list[tuple[str, str, int]] = field(default_factory=list)
    delay: float = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/team/krow.git"

    def connection(self, **given: Any) -> Connection:
        known = {
            "kind": self.kind,
            "url": self.url,
            "token": self.token,
            "policy": HERE,
            "protocols": ("https", "http"),
        }
        return Connection(**{**known, **given})

    def codes(self) -> list[int]:
        return [code for _method, _path, code in self.seen]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: "Site"

    @override
    def log_message(self, format: str, *args: object) -> None: ...

    @override
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.server.forge.seen.append((self.command, self.path, int(code)))

    def do_GET(self) -> None:
        self.handle_it()

    do_POST = do_PUT = do_PATCH = do_GET

    def handle_it(self) -> None:
        forge = self.server.forge
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        time.sleep(forge.delay)
        if forge.instead and forge.instead(self):
            return None
        given = (self.headers.get("Authorization") or "").rpartition(" ")[2] or self.headers.get(
            "PRIVATE-TOKEN"
        )
        if given != forge.token:
            return self.say(401, {"message": "Bad credentials"})
        parts = urlsplit(self.path)
        dialect = DIALECTS[forge.kind]()
        if any(part in parts.path for part in forge.forbidden):
            return self.say(403, {"message": "Resource not accessible by personal access token"})
        if parts.path == dialect.user:
            return self.say(200, {"login": forge.me, "username": forge.me})
        if not parts.path.startswith(dialect.prefix):
            return self.say(404, {"message": "Not Found"})
        path = parts.path.removeprefix(dialect.prefix)
        if self.command != "GET":
            return self.write(path, json.loads(content))
        query = dict(parse_qsl(parts.query))
        answer = dialect.answer(forge.state, path, query)
        if answer is None:
            return self.say(404, {"message": "Not Found"})
        return self.page(answer, query, dialect.list_size)

    def page(self, answer: Any, query: dict[str, str], size: str) -> None:
        """The asked page of a list, its ETag, and 304 when that is known already."""
        link = {}
        if isinstance(answer, list):
            count = min(int(query.get(size, "30")), self.server.forge.most)
            number = int(query.get("page", "1"))
            more = len(answer) > number * count
            link = {"Link": '<http://elsewhere.example/?page=2>; rel="next"'} if more else {}
            answer = answer[(number - 1) * count : number * count]
        body = json.dumps(answer).encode()
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        if self.headers.get("If-None-Match") == etag:
            return self.say(304, None, ETag=etag)
        return self.say(200, body, ETag=etag, **link)

    def write(self, path: str, data: dict[str, Any]) -> None:
        state, forge = self.server.forge.state, self.server.forge
        last = path.rpartition("/")[2]
        if path.startswith("/statuses/"):
            name = data.get("context") or data.get("name")
            said = {"failed": "failure"}.get(data["state"], data["state"])
            state.statuses.append(
                {"name": name, "head": last, "said": said, "at": state.stamp(), "text": data["description"]}
            )
            return self.say(201, {})
        if self.command == "POST":
            pull = int(path.split("/")[2])
            state.comments.append(
                {"id": len(state.comments) + 71, "pull": pull, "body": data["body"], "by": forge.me}
            )
            return self.say(201, {"id": state.comments[-1]["id"]})
        found = next(one for one in state.comments if one["id"] == int(last))
        found["body"] = data["body"]
        return self.say(200, {"id": found["id"]})

    def say(self, code: int, data: object, **headers: str) -> None:
        body = data if isinstance(data, bytes) else b"" if data is None else json.dumps(data).encode()
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if code != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)


class Site(ThreadingHTTPServer):
    daemon_threads = True
    forge: Forge

    @override
    def handle_error(self, request: object, client_address: object) -> None: ...


@contextmanager
def forge(kind: str) -> Iterator[Forge]:
    site = Site(("127.0.0.1", 0), Handler)
    site.forge = Forge(kind, port=site.server_address[1])
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site.forge
    finally:
        site.shutdown()
        site.server_close()
        thread.join()


def saying(code: int, data: object = None, **headers: str) -> Callable[[Handler], bool]:
    def instead(handler: Handler) -> bool:
        handler.say(code, {} if data is None else data, **headers)
        return True

    return instead
