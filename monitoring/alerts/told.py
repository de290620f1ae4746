"""What every tool's message is turned into, and the careful hands that take it apart: nothing here raises for what a
field holds, for one odd field must not cost the alert."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from foundation.text import can_be_seen, stripped
from monitoring.probes import moments
from monitoring.probes.json_text import BadJson

MOST_ALERTS = 1000
_MOST_LABELS = 40
# Longer than any body.
MOST_NAME = 1_000_000


@dataclass(frozen=True)
class Told:
    """One alert as a tool tells of it. `key` is how the tool knows it again; `started_at` and `ended_at` are None where
    the tool does not say. `severity` is its own word."""

    key: str
    firing: bool
    title: str
    detail: str = ""
    severity: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    group: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        return short(self.key)


@dataclass(frozen=True)
class Message:
    """`note`: what people should know of it although it could be read. `code`: what was wrong with a part of it."""

    alerts: tuple[Told, ...]
    note: str = ""
    code: str = ""


def other_kind(what: str) -> BadJson:
    """It is JSON, and not of this tool."""
    return BadJson("other_kind", what)


def several(value: Any, what: str, read: Callable[[Mapping[str, Any]], Told], note: str = "") -> Message:
    """The alerts of a list; one that cannot be read costs none of the others, and neither does one too many. Raises
    BadJson where it is no list, or where none can be read."""
    rows = value if isinstance(value, list) else []
    alerts, wrong = list[Told](), list[BadJson]()
    for row in rows[:MOST_ALERTS]:
        try:
            if not isinstance(row, dict):
                raise other_kind(what)
            alerts.append(read(row))
        except BadJson as bad:
            wrong.append(bad)
    if not alerts:
        raise wrong[0] if wrong else other_kind(what)
    if wrong:
        words = _("%(n)s of %(all)s alerts in it could not be read: %(why)s")
        said = words % {"n": len(wrong), "all": len(rows), "why": wrong[0].detail}
        return Message(tuple(alerts), said, wrong[0].code)
    if len(rows) > MOST_ALERTS:
        words = _("It tells of %(all)s alerts at once; the first %(n)s count.")
        return Message(tuple(alerts), words % {"all": len(rows), "n": MOST_ALERTS}, "too_many")
    return Message(tuple(alerts), note)


def part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object called `name`; an empty one where there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def line(value: Any, most: int = 200) -> str:
    """One line of text, of a number too; "" for anything else, and for what cannot be seen."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    words = " ".join(stripped(str(value)[: most * 4]).split())
    if not can_be_seen(words):
        return ""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def first(*values: Any, most: int = 200) -> str:
    """The first that says something."""
    return next(filter(None, (line(value, most) for value in values)), "")


def name(value: Any, most: int = 200) -> str:
    """What a tool knows a thing by; a longer one by its digest, for two that differ at their ends are two things."""
    whole = line(value, MOST_NAME)
    return whole if len(whole) <= most else hashlib.sha256(str(value).encode("utf-8", "replace")).hexdigest()


def labels(value: Any) -> dict[str, str]:
    """At most 40 names with one line each."""
    if not isinstance(value, dict):
        return {}
    found = ((line(name, 80), line(text)) for name, text in list(value.items())[:_MOST_LABELS])
    return {name: text for name, text in found if name and text}


def link(*values: Any) -> str:
    """The first that is an address of the web; nothing else may be pressed."""
    for value in values:
        text = line(value, 2000)
        try:
            parts = urlsplit(text)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname and " " not in text and "…" not in text:
            return text
    return ""


def moment(value: Any) -> datetime | None:
    """None for what is none, and for Go's "never" (year 1)."""
    return moments.parse(value)


def short(key: str) -> str:
    """As it is where it fits into a column, else its digest."""
    return key if len(key) <= 64 else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def digest_of(value: Mapping[str, Any]) -> str:
    """Names a thing by all that it says, whatever the order."""
    told = "\n".join(f"{name}={value[name]!r}" for name in sorted(value))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]
