"""Server-sent events on the wire (WHATWG HTML, "server-sent events"), as bytes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

RETRY_MS = 500
_LINE_END = re.compile(r"\r\n|\r|\n")


def message(number: int, html: str, event: str) -> bytes:
    """One announcement. Unnamed ones are swapped by htmx, named ones become DOM events."""
    name = f"event: {event}\n" if event else ""
    data = "".join(f"data: {line}\n" for line in _LINE_END.split(html))
    return f"id: {number}\n{name}{data}\n".encode()


def beat(number: int, at: datetime | None = None) -> bytes:
    """Says "still here", as an event (htmx hides comments from the page) with the server's time.

    Its id moves the page's cursor on, so that a page on which nothing happens for days can still resume."""
    moment = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    cursor = f"id: {number}\n" if number else ""
    return f"{cursor}retry: {RETRY_MS}\nevent: beat\ndata: {moment}\n\n".encode()


def event(name: str) -> bytes:
    """A DOM event that is no announcement."""
    return f"event: {name}\ndata:\n\n".encode()


RELOAD = b"event: reload\ndata:\n\n"
