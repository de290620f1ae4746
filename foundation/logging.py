"""Log lines without the keys that some addresses carry: a push's, a one-tap link's, a password reset's."""

from __future__ import annotations

import logging
import re
from typing import Any

_KEYS = re.compile(r"(/in/[\w-]+/|/l/|/reset/key/)[^\s\"'?#/<>]+")


def without_keys(text: str) -> str:
    return _KEYS.sub(r"\1…", text)


class InOneLine(logging.Filter):
    """What somebody else did wrong has no traceback of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


class Formatter(logging.Formatter):
    """The standard library's, over the whole line with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return without_keys(super().format(record))


def rendered_without_keys(_logger: Any, _method: str, line: Any) -> Any:
    """structlog's last processor: what the renderer made."""
    return without_keys(line) if isinstance(line, str) else line
