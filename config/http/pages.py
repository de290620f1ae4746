"""All pages: Django over WSGI in a few threads, behind the same port as the stream.

A thread gets a request whose body is there already and gives back a whole answer, so neither a slow sender nor a slow
reader ever holds one.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Any

import structlog
from a2wsgi.wsgi import build_environ

from config.http import bodies
from foundation.frames import roomy
from live.asking import Receive, Scope, Send, disconnected

THREADS = 6  # with the streams' two: not more than the database pool's eight
IN_MEMORY = 1_000_000  # bytes of an answer; more goes to a temporary file
PIECE = 64 * 1024
_log = structlog.get_logger(__name__)

type ExcInfo = tuple[type[BaseException], BaseException, TracebackType]


class Answer:
    """What the WSGI application said, collected whole."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None) -> Any:
        """WSGI's start_response; a later call (an error on the way) replaces what was there."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers]
        return self.body.write


class Pages:
    """The ASGI application around `wsgi` (Django)."""

    def __init__(self, wsgi: Any, threads: int = THREADS) -> None:
        self._wsgi = wsgi
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._most = threads
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, size = await bodies.read(scope, receive)
        except bodies.Refused as refused:
            await bodies.refuse(refused, receive, send, scope["path"])
            return
        except bodies.Gone:
            return
        with body:
            answer = await self._in_thread(environ(scope, body, size), receive)
        if answer is not None:
            with answer.body:
                await _write(answer, send)

    async def _in_thread(self, asked: dict[str, Any], receive: Receive) -> Answer | None:
        """None when the reader went away before its turn came."""
        context = contextvars.copy_context()
        thread = self._threads.submit(context.run, self._answer, asked)
        work = asyncio.wrap_future(thread)
        self._running += 1
        try:
            if self._running > self._most:
                await _first(work, receive)
            if work.cancelled():
                thread.add_done_callback(_discard)  # a thread had begun when the reader left
                return None
            return await work
        except asyncio.CancelledError:
            thread.add_done_callback(_discard)  # nobody waits for the answer any more
            raise
        finally:
            self._running -= 1

    def _answer(self, asked: dict[str, Any]) -> Answer:
        return roomy(self._collected, asked)

    def _collected(self, asked: dict[str, Any]) -> Answer:
        answer = Answer()
        chunks: Iterable[bytes] = ()
        try:
            chunks = self._wsgi(asked, answer.start)
            answer.body.writelines(chunks)
        except Exception:
            _log.exception("pages.failed", path=asked["PATH_INFO"])
            answer.body.close()
            answer = Answer()
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()  # Django gives the database connection back here
        answer.body.seek(0)
        return answer


def _discard(thread: Future[Answer]) -> None:
    if not thread.cancelled():
        thread.result().body.close()


async def _first(work: asyncio.Future[Answer], receive: Receive) -> None:
    """Until `work` is done, or its reader went away while it still waited for a thread (it is cancelled then)."""
    gone = asyncio.ensure_future(disconnected(receive))
    await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
    if gone.done():
        work.cancel()
    gone.cancel()


def environ(scope: Scope, body: IO[bytes], size: int) -> dict[str, Any]:
    """WSGI's view of the request. Names with "_" are left out: they could pose as the ones with "-"."""
    framing = (b"content-length", b"transfer-encoding")
    headers = [(name, text) for name, text in scope["headers"] if b"_" not in name and name not in framing]
    if size or scope["method"] in ("POST", "PUT", "PATCH"):
        headers.append((b"content-length", str(size).encode()))
    built: dict[str, Any] = dict(build_environ({**scope, "headers": headers}, body))  # type: ignore[typeddict-item, arg-type]
    return {**built, "wsgi.errors": sys.stderr}


async def _write(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    piece = answer.body.read(PIECE)
    while piece:
        following = answer.body.read(PIECE)
        await send({"type": "http.response.body", "body": piece, "more_body": bool(following)})
        if not following:
            return
        piece = following
    await send({"type": "http.response.body"})
