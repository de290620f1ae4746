"""Log lines without the keys that some addresses carry: a push's, a one-tap link's, a password reset's.

Nor can what somebody sent look like a line of ours or steer a terminal: what follows the first line is set in, and a
control character is written out.
"""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from io import StringIO
from typing import Any, TextIO

import structlog

from foundation.outage import Seldom, in_one_line, outage

_KEYS = re.compile(r"(/in/[\w-]+/|/l/|/reset/key/)[^\s\"'?#/<>]+")


_CONTROLS = re.compile(r"[^\S \n\t]|[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SET_IN = "    "


def without_keys(text: str) -> str:
    return _KEYS.sub(r"\1…", text)


def harmless(text: str) -> str:
    """Several lines of one event: none begins where an event begins."""
    return _written_out(text).rstrip("\n").replace("\n", f"\n{_SET_IN}")


def harmless_values(_logger: Any, _method: str, event: Any) -> Any:
    """structlog's processor before the renderer, whose own colours stay."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _written_out(value)
    return event


def traceback(out: TextIO, exc_info: Any) -> None:
    """structlog's plain one, set in."""
    plain = StringIO()
    structlog.dev.plain_traceback(plain, exc_info)
    out.write(f"\n{_SET_IN}{harmless(plain.getvalue().lstrip('\n'))}")


def _written_out(text: str) -> str:
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class InOneLine(logging.Filter):
    """What somebody else did wrong has no traceback of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


class OutagesInOneLine(logging.Filter):
    """For what Django says of an answer: that the database is away has no traceback of ours. A 503 without an exception
    is one of ours, and its reason has been said."""

    def filter(self, record: logging.LogRecord) -> bool:
        problem = record.exc_info[1] if record.exc_info else None
        if problem is None:
            # A configuration that is read twice asks twice: what the first wrote stays.
            known = hasattr(record, "outage")
            return known or getattr(record, "status_code", 0) != HTTPStatus.SERVICE_UNAVAILABLE
        if found := outage(problem):
            record.outage = found
            record.msg, record.args = f"{record.getMessage()} ({in_one_line(problem)})", ()
            record.exc_info = record.exc_text = None
        return True


class NotConnecting(logging.Filter):
    """The pool tries again several times a second, and says each time why: once a minute is enough."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._seldom = Seldom()

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith("error connecting in "):
            return True
        return self._seldom.may_say("connecting")


class Formatter(logging.Formatter):
    """The standard library's, over the whole line with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return without_keys(harmless(super().format(record)))


def rendered_without_keys(_logger: Any, _method: str, line: Any) -> Any:
    """structlog's last processor: what the renderer made."""
    return without_keys(line) if isinstance(line, str) else line
