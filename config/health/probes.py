"""/healthz, /readyz and /metrics, answered beside Django: neither busy pages nor a hanging database delay them.

Not behind Django's host check either: who asks here is often a machine that knows an address only.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connections
from django.http.request import split_domain_port

from config.health import metrics
from config.health.parts import Level, Part
from config.health.reader import reader
from config.http.live_access import person
from config.http.proxies import trusted
from foundation.origin import is_this_machine
from live.asking import Receive, Scope, Send

JSON, TEXT = "application/json", "text/plain; charset=utf-8"
SIGN_IN_S = 2.0
log = structlog.get_logger(__name__)
_threads = ThreadPoolExecutor(2, thread_name_prefix="health")


@dataclass(frozen=True)
class Asked:
    """`peer` is the other end of the connection, as the server saw it; names of `headers` are in lower case."""

    path: str
    peer: str
    headers: dict[str, str]

    @property
    def is_local(self) -> bool:
        """Somebody at this machine itself: no proxy has passed it on, nor is that peer one. And by a name of this
        machine: a page elsewhere may have its own name lead here, and a proxy may add nothing but the name."""
        host = self.headers.get("host", "")
        if host and not is_this_machine(split_domain_port(host)[0]):
            return False
        return trusted().at_this_machine(self.peer, self.headers.keys())


@dataclass(frozen=True)
class Said:
    status: int
    kind: str
    body: str


def healthz(asked: Asked) -> Said:
    """200 while this process lives."""
    return Said(200, TEXT, "ok")


def readyz(asked: Asked) -> Said:
    """200 while every part holds what it promises, else 503. Which one: for who is signed in, or at this machine."""
    report = reader.report()
    body: dict[str, Any] = {"status": "ok" if report.ok else "down", "at": report.at.isoformat()}
    if asked.is_local or _signed_in(asked):
        body["parts"] = [shape(part) for part in report.parts]
    status = HTTPStatus.OK if report.ok else HTTPStatus.SERVICE_UNAVAILABLE
    return Said(status, JSON, json.dumps(body))


def figures(asked: Asked) -> Said:
    """For Prometheus, with METRICS_TOKEN or from this machine."""
    token = settings.METRICS_TOKEN
    given = asked.headers.get("authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return Said(200, metrics.TYPE, metrics.text())
    if asked.is_local and not given:
        return Said(200, metrics.TYPE, metrics.text())
    return Said(401, TEXT, "METRICS_TOKEN is needed here.\n")


PATHS: dict[str, Callable[[Asked], Said]] = {"/healthz": healthz, "/readyz": readyz, "/metrics": figures}


def shape(part: Part) -> dict[str, Any]:
    """A part as /readyz says it."""
    return {
        "key": part.key,
        "ok": part.ok,
        "level": str(part.level),
        "summary": part.summary,
        "since": part.since.isoformat() if part.since and part.level != Level.OK else None,
        "facts": part.facts,
    }


def _signed_in(asked: Asked) -> bool:
    """By session; without a database nobody is."""
    cookies = asked.headers.get("cookie", "")
    if not cookies:
        return False
    try:
        return person(cookies) is not None
    except Error:
        return False
    finally:
        connections.close_all()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """GET and HEAD of PATHS."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    peer = (scope.get("client") or ("",))[0]
    asked = Asked(scope["path"], peer, headers)
    if scope["method"] not in ("GET", "HEAD"):
        said = Said(405, TEXT, "Only GET.\n")
    elif asked.path == "/healthz":
        said = healthz(asked)  # on the event loop itself: no thread may be free
    else:
        said = await _in_thread(asked)
    body = said.body.encode()
    answer = [
        (b"content-type", said.kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if said.status == HTTPStatus.UNAUTHORIZED:
        answer.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": int(said.status), "headers": answer})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _in_thread(asked: Asked) -> Said:
    """A session is looked up in the database, which may hang: then nobody is signed in."""
    work = asyncio.get_running_loop().run_in_executor(_threads, PATHS[asked.path], asked)
    try:
        return await asyncio.wait_for(asyncio.shield(work), SIGN_IN_S + 3)
    except TimeoutError:
        return Said(503, JSON, json.dumps({"status": "down"}))
    except Exception:
        log.exception("health.not_answered", path=asked.path)
        return Said(500, TEXT, "It failed; the log says why.\n")
