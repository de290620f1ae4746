"""How a process says that a clock runs: the rule, not the running clock (that is the incident's)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class ClockRule:
    """`start` is a Moment ("detected_at") or an event; the first event of `stop` ends it (C14).

    `again` are events that start it anew once it has ended. An event is an EventKind, `message_sent` with the key of
    the message behind a colon. `at_least` is a time to wait out, `holds` are the verbs that wait for it, `per` says
    whether an incident or each remedy has one.
    """

    key: str
    label: str
    kind: str
    start: str
    stop: tuple[str, ...]
    origin: str = "source"
    at_least: bool = False
    holds: tuple[str, ...] = ()
    per: str = "incident"
    again: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """From one entry of `clocks` in a stored document, of an older version too."""
        return cls(
            value["key"],
            value["label"],
            value["kind"],
            value["from"],
            tuple(value["to"]),
            value["origin"],
            value.get("at_least", False),
            tuple(value.get("holds", ())),
            value.get("per", "incident"),
            tuple(value.get("again") or ()),
        )

    def starts_with(self, kind: str, message: str = "") -> bool:
        """Whether an event of `kind`, of the message `message` if it is one, starts it."""
        return _is(self.start, kind, message)

    def starts_again(self, kind: str, message: str = "") -> bool:
        return any(_is(event, kind, message) for event in self.again)

    def stops_with(self, kind: str, message: str = "") -> bool:
        return any(_is(event, kind, message) for event in self.stop)


def _is(event: str, kind: str, message: str) -> bool:
    asked, _, key = event.partition(":")
    return asked == kind and key in {"", message}
