"""Changelogs as data: which releases stand in a file, in which order, and what a change did to them (K36–K38, A32).

A new style is one file with `read(lines, pattern) -> Changelog | Unread` and one line in STYLES; the names are those of
a process's `policy.changelog.style`. "mention" has no entries: see `mention`.
"""

import re
from collections.abc import Callable
from typing import Final

from hotfixes.changelog import custom, headings, table
from hotfixes.changelog.lines import Lines, lines_of
from hotfixes.changelog.shapes import Changelog, Entry, Reason, Unread

__all__ = ["STYLES", "Changelog", "Entry", "Reason", "Unread", "mention", "read"]

type Reader = Callable[[Lines, str], Changelog | Unread]

STYLES: Final[dict[str, Reader]] = {
    "table": table.read,
    "keep-a-changelog": headings.read_kept,
    "headings": headings.read,
    "custom": custom.read,
}


def read(style: str, data: bytes, pattern: str = "") -> Changelog | Unread:
    """The entries in `data` (a file's bytes, ≤ 1 MB) by a style of STYLES; `pattern` is for custom. Raises KeyError for
    another style; any bytes are answered.
    """
    reader = STYLES[style]
    lines = lines_of(data)
    return lines if isinstance(lines, Unread) else reader(lines, pattern)


def mention(data: bytes, version: str) -> int | Unread:
    """The first line that names the version, 0 for none: 1.0.1 is not in 1.0.10 nor in 11.0.1."""
    lines = lines_of(data)
    if isinstance(lines, Unread):
        return lines
    bare = re.escape(version.lstrip("vV"))
    named = re.compile(rf"(?<![0-9A-Za-z.+-])[vV]?{bare}(?![0-9A-Za-z+-]|\.[0-9A-Za-z])")
    return next((number for number, line in enumerate(lines.plain, start=1) if named.search(line)), 0)
