"""What a page asks of `/live`, read from the ASGI scope and checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from live.bus import TOPIC

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

MOST_TOPICS = 500  # an administrator hears every team; their addresses take 9 KB of the 64 KB uvicorn allows


class Refused(Exception):
    """The request is answered with `status` and ends."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """The cookies as sent, the topics, and the id of the last announcement the page has (0: none yet)."""

    cookies: str
    topics: frozenset[str]
    after: int


def read(scope: Scope) -> Asked:
    """Raises Refused: 405 for another method than GET, 400 for a topic or cursor which is none."""
    if scope["method"] != "GET":
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1"))
    topics = frozenset(query.get("topic", ()))
    after = headers.get(b"last-event-id") or query.get("after", ["0"])[-1]
    if not 1 <= len(topics) <= MOST_TOPICS or not all(map(TOPIC.fullmatch, topics)):
        raise Refused(HTTPStatus.BAD_REQUEST)
    if not (after.isascii() and after.isdecimal() and len(after) < 19):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return Asked(headers.get(b"cookie", ""), topics, int(after))


async def refuse(send: Send, status: HTTPStatus) -> None:
    """A short plain answer; 503 says when to come again."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": f"{status.phrase}\n".encode()})


async def disconnected(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
