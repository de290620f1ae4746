"""One port: `/live` streams raw, everything else is Django over WSGI. Run by config/web.py."""
# ruff: noqa: E402 (Django is set up before what needs it is imported)

from __future__ import annotations

import contextlib
import os
import signal
import threading
from types import FrameType
from typing import Any

from config.starting import importing

importing.begin()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault(
    "NIGHTDESK_POOL", "8"
)  # before the settings are read: only a web process has use for a pool

os.environ.setdefault("NIGHTDESK_LIMITS", "1")

from django.core.wsgi import get_wsgi_application

wsgi = get_wsgi_application()

from django.db import connections

from config.health import probes
from config.health.web import Watch
from config.http.live_access import authorise
from config.http.pages import Pages
from config.http.proxies import trusted
from config.http.safe_headers import safely
from live.asking import Receive, Scope, Send
from live.stream import application as streams_for

pages = Pages(wsgi)
streams = streams_for(authorise)
watch = Watch(streams)
proxies = trusted()
importing.done()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    send = safely(send)
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
    elif scope["path"] in probes.PATHS:
        await probes.application(scope, receive, send)
    elif scope["path"] == "/live":
        await streams(proxies.seen_through(scope), receive, send)
    else:
        await pages(proxies.seen_through(scope), receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    await streams.start()
    watch.start()
    _close_streams_first()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    watch.stop()
    await streams.stop()
    for connection in connections.all(initialized_only=True):
        with contextlib.suppress(AttributeError):
            connection.close_pool()  # type: ignore[attr-defined]
    await send({"type": "lifespan.shutdown.complete"})


def _close_streams_first() -> None:
    """On SIGTERM and SIGINT the streams end before the server begins to wait for its open requests.

    `lifespan.shutdown` comes too late for that: it is sent after the requests have ended, and a stream has no end.
    """
    former: dict[int, Any] = {}

    def chained(number: int, frame: FrameType | None) -> None:
        streams.close_streams()
        before = former[number]
        if callable(before):
            before(number, frame)

    if threading.current_thread() is threading.main_thread():
        former = {number: signal.signal(number, chained) for number in (signal.SIGTERM, signal.SIGINT)}
