"""A stream with an authorisation of its own: the cookie `user=7` is the session, ALLOWED says who may hear what."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from django.db import connection, transaction
from django.http import parse_cookie

from live import bus
from live.asking import Receive, Scope, Send
from live.stream import Grant, Streams
from tests.fixtures.site import Prompt, end_other_connections
from tests.live.reading import Reader


class Rules:
    """Who is signed in and what each may hear; tests change it while streams are open."""

    def __init__(self) -> None:
        self.denied: set[tuple[int, str]] = set()
        self.asked = 0

    def __call__(self, cookies: str, topics: frozenset[str]) -> Grant | None:
        with connection.cursor() as cursor:  # as the real one: it uses the database
            cursor.execute("SELECT 1")
        self.asked += 1
        user = parse_cookie(cookies).get("user")
        if user is None:
            return None
        return Grant(int(user), frozenset(t for t in topics if (int(user), t) not in self.denied))


class Served:
    """A server in a thread, on a port which stays the same over a restart."""

    def __init__(self, app: Any, port: int = 0, lifespan: Any = "on") -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        options = uvicorn.Config(
            app, interface="asgi3", lifespan=lifespan, log_level="error", timeout_graceful_shutdown=1
        )
        self.server = Prompt(options)
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True
        )
        self.thread.start()
        end = time.monotonic() + 10
        while not self.server.started:
            assert self.thread.is_alive(), "the server did not start"
            assert time.monotonic() < end, "the server takes too long to start"
            time.sleep(0.01)

    def stop(self) -> None:
        self.server.end()
        self.thread.join(10)
        self.listener.close()


class Site:
    """`/live` alone, with `rules` and the loop's thread reachable for the test."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.streams = Streams(rules)
        self.served = Served(self.application)

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.streams(scope, receive, send)
            return
        await receive()
        await self.streams.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.streams.stop()
        await send({"type": "lifespan.shutdown.complete"})

    @property
    def url(self) -> str:
        return self.served.url


@pytest.fixture
def rules() -> Rules:
    return Rules()


@pytest.fixture
def site(transactional_db: None, rules: Rules) -> Iterator[Site]:
    found = Site(rules)
    yield found
    found.served.stop()
    end_other_connections()


@pytest.fixture
def listen(site: Site) -> Iterator[Callable[..., Reader]]:
    """Opens a stream and waits until it stands; all are closed at the end."""
    opened: list[Reader] = []

    def start(*topics: str, **asked: Any) -> Reader:
        reader = Reader(site.url, topics or ("incident:1",), **asked)
        opened.append(reader)
        return reader.open()

    yield start
    for reader in opened:
        reader.close()


class Writer(threading.Thread):
    """A transaction in a thread of its own: publishes at once, commits when told."""

    def __init__(self, *messages: tuple[str, str]) -> None:
        super().__init__(daemon=True)
        self.messages = messages
        self.written, self.go = threading.Event(), threading.Event()
        self.start()
        assert self.written.wait(10)

    def run(self) -> None:
        try:
            with transaction.atomic():
                for topic, html in self.messages:
                    bus.publish(topic, html)
                self.written.set()
                self.go.wait(30)
        finally:
            connection.close()

    def commit(self) -> None:
        self.go.set()
        self.join(10)
