"""Entries by a pattern of the policy: `* {new} ({date}):` says how each entry's first line begins. The rest of it
and what follows up to the next entry is its text.
"""

import re

from hotfixes.changelog import words
from hotfixes.changelog.lines import Lines
from hotfixes.changelog.shapes import Changelog, Entry, Reason, Unread

MAX_PATTERN = 200
MAX_LINE = 500
_PARTS = re.compile(r"(\{\{|\}\}|\{[a-z_]+\}|\s+)")
_DATE = r"(?P<date>\S(?:.{0,28}\S)?)"
_KNOWN = {"{new}": words.VERSION, "{date}": _DATE}


def read(lines: Lines, pattern: str = "") -> Changelog | Unread:
    """PATTERN without {new} exactly once, or with another name than {new} and {date}."""
    first = compiled(pattern)
    if first is None:
        return Unread(Reason.PATTERN)
    begun = [(n, found) for n, line in enumerate(lines.plain) if (found := first.match(line[:MAX_LINE]))]
    entries = []
    for place, (number, found) in enumerate(begun):
        end = begun[place + 1][0] if place + 1 < len(begun) else len(lines.text)
        text = [lines.text[number][found.end() :], *lines.text[number + 1 : end]]
        date = words.iso_date(found.groupdict().get("date") or "")
        entries.append(
            Entry(found["version"], date, "\n".join(line.rstrip() for line in text).strip(), number + 1)
        )
    return Changelog(tuple(entries)) if entries else Unread(Reason.NO_ENTRIES)


def compiled(pattern: str) -> re.Pattern[str] | None:
    """For the beginning of a line. Blanks stand for any number of them."""
    parts = [part for part in _PARTS.split(pattern.strip()) if part]
    named = [part for part in parts if part.startswith("{") and part != "{{"]
    if (
        len(pattern) > MAX_PATTERN
        or named.count("{new}") != 1
        or named.count("{date}") > 1
        or set(named) - set(_KNOWN)
    ):
        return None
    return re.compile(r"[ \t]*+" + "".join(_one(part) for part in parts) + r"(?![0-9A-Za-z])")


def _one(part: str) -> str:
    if part in _KNOWN:
        return _KNOWN[part]
    if part in ("{{", "}}"):
        return re.escape(part[0])
    return r"[ \t]++" if part.isspace() else re.escape(part)
