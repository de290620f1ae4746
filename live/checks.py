"""Access checked anew for many streams at once: those of one session share one look into the database.

Somebody has a dozen pages open, and one announcement asks for all of them: twelve checks of the same person would
stand in line for the streams' two threads, and the last page would hear too late that it may hear no more.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

type Look = Callable[[str, frozenset[str]], Any]
type InThread = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass
class _Waiting:
    """A look that has not begun: whoever asks now is answered by it."""

    topics: set[str] = field(default_factory=set)
    task: asyncio.Task[Any] | None = None


class Checks:
    """`look(cookies, topics)` runs by `in_thread`, and never saw the database before it was asked for."""

    def __init__(self, look: Look, in_thread: InThread) -> None:
        self._look, self._in_thread = look, in_thread
        self._waiting: dict[str, _Waiting] = {}
        self._lock = threading.Lock()

    async def ask(self, cookies: str, topics: frozenset[str]) -> Any:
        """What `look` says of that session, asked for these topics and perhaps more."""
        with self._lock:
            waiting = self._waiting.get(cookies)
            if waiting is None or (waiting.task and waiting.task.done()):
                waiting = self._waiting[cookies] = _Waiting()
                waiting.task = asyncio.ensure_future(self._run(cookies))
            waiting.topics |= topics
        assert waiting.task
        return await asyncio.shield(waiting.task)

    async def _run(self, cookies: str) -> Any:
        return await self._in_thread(lambda: self._begin(cookies))

    def _begin(self, cookies: str) -> Any:
        """In the thread: from here on whoever asks needs another look."""
        with self._lock:
            waiting = self._waiting.pop(cookies)
        return self._look(cookies, frozenset(waiting.topics))
