"""What a channel's kind gets to send, and what it says came of it. Plain values: no database, no secrets kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Link:
    """A one-tap link: `verb` is the word of the API, `label` the word on the button."""

    verb: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way. `uid` is the same at every attempt, so that the other side can drop a repeat.

    `about` is empty for users: what it is called is ours alone.
    `press`: the signed value of an Acknowledge button, for a room that can say who pressed it. `thread`: where the
    room has the other messages about the same thing, in the words of its kind.
    """

    uid: str
    about: str
    key: str
    subject: str
    body: str
    rank: int
    at: datetime
    url: str = ""
    links: tuple[Link, ...] = ()
    address: str = ""
    config: Mapping[str, str] = field(default_factory=dict)
    press: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`retry` comes again with a growing rest; `dead` would fail again, so it alarms at once. `refused` is a mail
    server's "never", which may be a mistake of its own: it alarms at once and is tried for an hour. `unsure`: nobody
    knows whether it was taken; it alarms at once and goes twice more (send.py), as a room may have it.

    `way_works`: it was not taken, but whoever answered may take the next one: no sign that the whole lane fails.
    `maybe`, of a `retry`: it was given away whole and nobody said what came of it, so it comes again ever more rarely.
    `rest_s`: how long the other side asks us to wait. `room`, `thread`: where it lies there, when that is to be kept.
    """

    result: Literal["sent", "retry", "dead", "refused", "unsure"]
    detail: str = ""
    way_works: bool = False
    maybe: bool = False
    rest_s: float = 0
    room: str = ""
    thread: str = ""
