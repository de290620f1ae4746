"""Where a value of a TOML file stands. The value itself comes from tomllib; only the line is looked up here."""

import re
import tomllib
from typing import Any

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"' -]+?)\s*=")

_LONGEST = 200
_DOTS = 400


def parsed(text: str) -> dict[str, Any] | None:
    """The document, None when it is not valid TOML, or a trap: tomllib's time grows with the square of a key's dots."""
    if any(row.count(".") > _DOTS for row in text.split("\n")):
        return None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def table(document: dict[str, Any], *path: str) -> dict[str, Any]:
    """The table at `path`; an empty one when there is none."""
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def line(text: str, dotted: str) -> int:
    """The line of `project.version`, as `[project]` with `version =` or in one; 0 when it is written otherwise."""
    inside = ""
    for number, whole in enumerate(text.split("\n"), start=1):
        row = whole[:_LONGEST]
        if header := _TABLE.fullmatch(row):
            inside = _plain(header[1])
        elif (key := _KEY.match(row)) and ".".join(filter(None, (inside, _plain(key[1])))) == dotted:
            return number
    return 0


def _plain(name: str) -> str:
    return "".join(c for c in name if c not in " \"'")
