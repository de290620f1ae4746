"""A policy's patterns, both ways: `hotfix/{product}-v{new}` makes a name, and recognises one that a person chose.

The same text does both, so that what is proposed is what is checked. Everything but the placeholders stands for itself;
no regular expression comes from a policy, and matching takes one pass.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from products.versions import bare

MAX_PATTERN = 300
MAX_TEXT = 2_000

# What a placeholder may be when its value is not known. A slug never holds a slash, an issue is at least one word.
_SHAPES: Final = {
    "product": r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}",
    "new": r"\d{1,9}(?:\.\d{1,9}){1,3}",
    "old": r"\d{1,9}(?:\.\d{1,9}){1,3}",
    "slug": r"[a-z0-9][a-z0-9._-]{0,60}",
    "issue": r"\S(?:.{0,300}\S)?",
    "incident": r"INC-\d{1,9}",
    "main": r"[A-Za-z0-9][A-Za-z0-9._/-]{0,60}",
    "date": r"\d{4}-\d{2}-\d{2}",
}
_OTHER = r"\S(?:.{0,300}\S)?"
_PARTS = re.compile(r"(\{\{|\}\}|\{[a-z_]+\})")


class BadPattern(ValueError):
    """The pattern is longer than 300 characters, or names more placeholders than can be told apart."""


def formatted(pattern: str, known: Mapping[str, str]) -> str:
    """The name or text with each placeholder's value; one that is not known stays visible as `[new]`.

    >>> formatted("hotfix/{product}-v{new}", {"product": "app", "new": "0.1.1"})
    'hotfix/app-v0.1.1'
    """
    return "".join(_value(part, known) for part in _PARTS.split(pattern))


def missing(pattern: str, known: Mapping[str, str]) -> list[str]:
    """Placeholders of the pattern that have no value yet."""
    return [name for name in names(pattern) if not known.get(name)]


def names(pattern: str) -> list[str]:
    """Its placeholders, each once, in their order."""
    found = (part[1:-1] for part in _PARTS.split(pattern) if _is_placeholder(part))
    return list(dict.fromkeys(found))


def recognised(pattern: str, text: str, known: Mapping[str, str] | None = None) -> dict[str, str] | None:
    """What the placeholders of `pattern` stand for in the whole of `text`, or None when it is something else. One whose
    value is `known` must have that value. Raises BadPattern.

    >>> recognised("hotfix/v{new}-{slug}", "hotfix/v1.0.1-login")
    {'new': '1.0.1', 'slug': 'login'}
    """
    if len(text) > MAX_TEXT:
        return None
    fixed = tuple(sorted((name, value) for name, value in (known or {}).items() if value))
    match = compiled(pattern, fixed).fullmatch(text)
    return match.groupdict() if match else None


def begins(pattern: str, text: str, known: Mapping[str, str] | None = None) -> bool:
    """Whether `text` begins with what the pattern describes (an entry of a changelog, a commit's subject)."""
    fixed = tuple(sorted((name, value) for name, value in (known or {}).items() if value))
    return compiled(pattern, fixed).match(text[:MAX_TEXT]) is not None


@lru_cache(maxsize=512)
def compiled(pattern: str, known: tuple[tuple[str, str], ...] = ()) -> re.Pattern[str]:
    """Anchored by who uses it. A placeholder that comes again must stand for the same. Raises BadPattern."""
    parts = _PARTS.split(pattern)
    free = [name for name in names(pattern) if name not in dict(known)]
    if (
        len(pattern) > MAX_PATTERN
        or len(free) > 4
        or sum(name not in _SHAPES or name == "issue" for name in free) > 1
    ):
        raise BadPattern(pattern[:80])
    seen: set[str] = set()
    body = "".join(_matcher(part, dict(known), seen) for part in parts)
    return re.compile(body)


def same_version(one: str, other: str) -> bool:
    """Whether two versions are one, however their `v` and build are written."""
    return bare(one) == bare(other)


def _matcher(part: str, known: Mapping[str, str], seen: set[str]) -> str:
    if not _is_placeholder(part):
        return re.escape(part[0] if part in ("{{", "}}") else part)
    name = part[1:-1]
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    shape = re.escape(known[name]) if known.get(name) else _SHAPES.get(name, _OTHER)
    return f"(?P<{name}>{shape})"


def _value(part: str, known: Mapping[str, str]) -> str:
    if part in ("{{", "}}"):
        return part[0]
    if not _is_placeholder(part):
        return part
    return known.get(part[1:-1]) or f"[{part[1:-1]}]"


def _is_placeholder(part: str) -> bool:
    return len(part) > 2 and part[0] == "{" and part[-1] == "}"
