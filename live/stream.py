"""`/live`: a raw ASGI application (a Django streaming view would keep a thread and a connection per stream).

    GET /live?topic=incident:42&topic=user:7&after=123

answers `text/event-stream` and resumes after `Last-Event-ID` (the header wins) or `after`. 401: no session.
403: a topic which this person may not hear. 503: PostgreSQL is away or this process stops; try again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.db import Error, connections

from live import bus, wire
from live.asking import Asked, Receive, Refused, Scope, Send, disconnected, read, refuse
from live.checks import Checks
from live.hub import CHECK, Batch, Hub, Message, Subscriber
from live.listener import follow

BEAT_S = 5.0
CHECK_S = 15.0  # access is checked at least this often, and before what follows an `access:` announcement
SEND_S = 20.0  # a reader who takes nothing for this long is cut
THREADS = 2  # with database access, for all streams together
_log = structlog.get_logger(__name__)
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True, slots=True)
class Grant:
    """Who listens, and which of the topics asked for they may hear."""

    user_id: int
    topics: frozenset[str]


type Authorise = Callable[[str, frozenset[str]], Grant | None]


class Streams:
    """The ASGI application with its hub. `start` and `stop` belong to the server's lifespan."""

    def __init__(self, authorise: Authorise) -> None:
        self.hub: Hub | None = None
        self._authorise = authorise
        self._checks = Checks(authorise, self._in_thread)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.hub = Hub()
        self._following = asyncio.create_task(follow(self.hub))

    async def stop(self) -> None:
        if self.hub:
            self.hub.close_streams()
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        self.hub = self._following = None

    def tell_all(self, event: str) -> None:
        """A DOM event on every page that listens here. From any thread."""
        if self.hub and self._loop:
            self._loop.call_soon_threadsafe(self.hub.tell_all, event)

    def close_streams(self) -> None:
        """Ends every stream, before the server begins to wait for its requests. From any thread or signal."""
        if self.hub and self._loop:
            self._loop.call_soon_threadsafe(self.hub.close_streams)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            asked = read(scope)
            hub = await self._listening_hub()
        except Refused as refused:
            await refuse(send, refused.status)
            return
        subscriber = hub.join(asked.topics)
        watch = asyncio.ensure_future(disconnected(receive))
        watch.add_done_callback(lambda _: subscriber.end("gone"))
        try:
            await self._serve(hub, subscriber, asked, send)
        finally:
            hub.leave(subscriber)
            watch.cancel()

    async def _listening_hub(self) -> Hub:
        if self.hub is None or self.hub.closing:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            async with asyncio.timeout(3):
                await self.hub.listening.wait()
        except TimeoutError:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from None
        return self.hub

    async def _serve(self, hub: Hub, subscriber: Subscriber, asked: Asked, send: Send) -> None:
        """The subscription stands already: what is published while the past is read waits in the queue."""
        try:
            past = await self._in_thread(lambda: self._open(subscriber, asked))
        except Refused as refused:
            await refuse(send, refused.status)
            return
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        last_words = wire.RELOAD
        if past is not None:
            async with subscriber.until_ended():
                last_words = await self._write(hub, subscriber, asked, past, send)
        if subscriber.reason != "gone":
            await _finish(send, b"" if subscriber.reason else last_words)

    def _open(self, subscriber: Subscriber, asked: Asked) -> Batch | None:
        """What the page has missed; None when it must be loaded again. In a thread."""
        subscriber.user_id = self._allow(asked).user_id
        rows = bus.since(asked.after, asked.topics)
        return None if rows is None else tuple(map(Message.of, rows))

    def _allow(self, asked: Asked) -> Grant:
        return _judge(self._authorise(asked.cookies, asked.topics), asked)

    async def _in_thread[T](self, work: Callable[[], T]) -> T:
        """In one of the few threads which use the database; the connection goes back at once."""

        def run() -> T:
            try:
                return work()
            except Error as error:
                _log.warning("live.database_away", error=str(error).strip())
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from error
            finally:
                connections.close_all()

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    async def _write(self, hub: Hub, subscriber: Subscriber, asked: Asked, past: Batch, send: Send) -> bytes:
        """Writes until the person may no longer listen, and answers what to say last."""
        clock = asyncio.get_running_loop().time
        known = {message.id for message in past}
        await _send(subscriber, send, wire.beat(0) + b"".join(message.frame for message in past))
        check_at = clock() + CHECK_S
        while True:
            batch = await _next(subscriber)
            if batch == CHECK or clock() >= check_at:
                try:
                    _judge(await self._checks.ask(asked.cookies, asked.topics), asked)
                except Refused as refused:
                    return b"" if refused.status == HTTPStatus.SERVICE_UNAVAILABLE else wire.RELOAD
                check_at = clock() + CHECK_S
            if batch:
                await _send(subscriber, send, b"".join(m.frame for m in batch if m.id not in known))
            elif hub.listening.is_set() and subscriber.queue.empty():
                await _send(subscriber, send, wire.beat(hub.last))


def _judge(grant: Grant | None, asked: Asked) -> Grant:
    if grant is None:
        raise Refused(HTTPStatus.UNAUTHORIZED)
    if not asked.topics <= grant.topics:
        raise Refused(HTTPStatus.FORBIDDEN)
    return grant


async def _next(subscriber: Subscriber) -> Batch | None:
    """The next batch; None when nothing came for the length of a beat."""
    try:
        async with asyncio.timeout(BEAT_S):
            return await subscriber.queue.get()
    except TimeoutError:
        return None


async def _send(subscriber: Subscriber, send: Send, data: bytes) -> None:
    try:
        async with asyncio.timeout(SEND_S):
            await send({"type": "http.response.body", "body": data, "more_body": True})
    except TimeoutError:
        subscriber.end("slow")
        raise


async def _finish(send: Send, last_words: bytes) -> None:
    """An orderly end, so that the page resumes at once; a reader who takes nothing is left to the server."""
    try:
        async with asyncio.timeout(SEND_S):
            await send({"type": "http.response.body", "body": last_words})
    except TimeoutError:
        _log.info("live.reader_gave_up")


def application(authorise: Authorise) -> Streams:
    """`authorise(cookie_header, topics)` runs in a thread with the database. None: no valid session."""
    return Streams(authorise)
