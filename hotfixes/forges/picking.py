"""Values out of a forge's JSON, whatever is really there."""

from typing import Any

from hotfixes.forges.shapes import address, items, text


def inner(row: Any, *path: str) -> Any:
    """The value at a path of keys, None when the way ends."""
    for name in path:
        row = row.get(name) if isinstance(row, dict) else None
    return row


def word(row: Any, *path: str, limit: int = 300) -> str:
    return text(inner(row, *path), limit)


def link(row: Any, *path: str) -> str:
    return address(inner(row, *path))


def words(row: Any, name: str, key: str = "") -> tuple[str, ...]:
    """Of a list of strings, or of objects by their `key`."""
    found = [word(one, key) if isinstance(one, dict) else text(one) for one in items(inner(row, name))]
    return tuple(one for one in found if one)


def oid(row: Any, *path: str) -> str:
    """A whole object id, "" for all else."""
    found = word(row, *path, limit=65).lower()
    return found if len(found) in (40, 64) and all(sign in "0123456789abcdef" for sign in found) else ""
