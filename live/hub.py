"""One per web process: hears PostgreSQL once and hands each announcement to the streams of its topic."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from live import wire
from live.bus import Row

WAITING = 100  # batches which one stream may have waiting before it is cut
REMEMBERED = 5_000  # announcements already handed out, for the overlap after a lost database connection


@dataclass(frozen=True, slots=True)
class Message:
    """An announcement ready to be written; its bytes are shared by all streams."""

    id: int
    frame: bytes

    @classmethod
    def of(cls, row: Row) -> Message:
        return cls(row.id, wire.message(row.id, row.html, row.event))


type Batch = tuple[Message, ...]
CHECK: Batch = ()  # an empty batch asks the stream to have its access checked before it goes on


class Subscriber:
    """One open stream. The hub fills `queue`; `end` stops it wherever it waits, also in a blocked write."""

    __slots__ = ("_scope", "queue", "reason", "topics", "user_id")

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.user_id: int | None = None  # not known before access was checked
        self.queue: asyncio.Queue[Batch] = asyncio.Queue(WAITING)
        self.reason = ""
        self._scope: asyncio.Timeout | None = None

    def put(self, batch: Batch) -> None:
        """Never waits: who reads too slowly is cut and resumes by its cursor."""
        try:
            self.queue.put_nowait(batch)
        except asyncio.QueueFull:
            self.end("slow")

    def end(self, reason: str) -> None:
        """closing | slow | gone. The first reason counts."""
        if self.reason:
            return
        self.reason = reason
        if self._scope:
            self._scope.reschedule(asyncio.get_running_loop().time())

    @contextlib.asynccontextmanager
    async def until_ended(self) -> AsyncIterator[None]:
        """Runs the block until `end` is called, and leaves it quietly then."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0 if self.reason else None) as scope:
                self._scope = scope
                try:
                    yield
                finally:
                    self._scope = None


class Hub:
    """Topics, their streams, and what was handed out last. All calls come from one event loop."""

    def __init__(self) -> None:
        self.listening = (
            asyncio.Event()
        )  # PostgreSQL is heard; without it no stream opens and no beat is sent
        self.closing = False
        self.last = 0  # greatest announcement handed out: the cursor which a beat carries
        self._by_topic: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self._all: set[Subscriber] = set()
        self._handed: set[int] = set()
        self._order: deque[int] = deque()

    def join(self, topics: frozenset[str]) -> Subscriber:
        """From now on `topics` are kept for the new stream; `leave` ends that."""
        subscriber = Subscriber(topics)
        self._all.add(subscriber)
        for topic in topics:
            self._by_topic[topic].add(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        self._all.discard(subscriber)
        for topic in subscriber.topics:
            self._by_topic[topic].discard(subscriber)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    def wants(self, topic: str) -> bool:
        """Whether somebody here listens to `topic` (its row need not be read otherwise)."""
        return topic in self._by_topic

    def topics(self) -> list[str]:
        return list(self._by_topic)

    def is_new(self, number: int) -> bool:
        return number not in self._handed

    def hand_out(self, rows: Iterable[Row]) -> None:
        """Gives `rows`, in this order, to the streams of their topics, each stream one batch."""
        batches: defaultdict[Subscriber, list[Message]] = defaultdict(list)
        for row in rows:
            message = Message.of(row)
            for subscriber in self._by_topic.get(row.topic, ()):
                batches[subscriber].append(message)
        for subscriber, messages in batches.items():
            subscriber.put(tuple(messages))

    def tell_all(self, event: str) -> None:
        """A DOM event on every open page, from this process itself: no announcement, and no cursor moves."""
        for subscriber in list(self._all):
            subscriber.put((Message(0, wire.event(event)),))

    def passed(self, number: int) -> None:
        """`number` is dealt with, whether or not somebody here listened."""
        self.last = max(self.last, number)
        if number in self._handed:
            return
        self._handed.add(number)
        self._order.append(number)
        if len(self._order) > REMEMBERED:
            self._handed.discard(self._order.popleft())

    def check_access(self, user_id: int | None = None) -> None:
        """The person's streams (and those of nobody known yet), or all: checked before their next message."""
        for subscriber in list(self._all):
            if user_id is None or subscriber.user_id in (None, user_id):
                subscriber.put(CHECK)

    def end_all(self, reason: str) -> None:
        for subscriber in list(self._all):
            subscriber.end(reason)

    def close_streams(self) -> None:
        """Before the server waits for its requests to finish: streams would never do so by themselves."""
        self.closing = True
        self.end_all("closing")

    def __len__(self) -> int:
        return len(self._all)
