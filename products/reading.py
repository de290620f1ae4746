"""A version of a process as its pages read it: the severity table by clock, clocks in words, where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from products.clock_rules import ClockRule
from products.models import ProcessVersion, Severity
from products.targets import Target
from products.vocabulary import ClockKind, EventKind, Moment, Origin

# A written process that nobody has touched for half a year is asked to be read again (K141).
REVIEW_AFTER_DAYS = 180


@dataclass(frozen=True)
class Limit:
    """How long one clock may run at one severity."""

    clock: ClockRule
    target: Target
    house: bool


@dataclass(frozen=True)
class SeverityRow:
    """A severity with a limit for each clock that has one."""

    severity: Severity
    house: bool
    limits: list[Limit]
    wake_is_house: bool = False


@dataclass(frozen=True)
class ClockLine:
    """A clock in words: what it is, where it starts, what stops it."""

    rule: ClockRule
    kind: str
    start: str
    stops: list[str]
    house: bool
    note: str


@dataclass(frozen=True)
class Age:
    """Since when the written source has stood unchanged."""

    since: date
    days: int

    @property
    def due_for_review(self) -> bool:
        return self.days > REVIEW_AFTER_DAYS


def severity_rows(version: ProcessVersion) -> list[SeverityRow]:
    """The severity table of `version` in its order. One query."""
    clocks = version.clocks()
    rows = {row["key"]: row for row in version.document["severities"]}
    return [
        SeverityRow(
            severity,
            rows[severity.key]["origin"] == Origin.HOUSE,
            _limits(severity, [clock for clock in clocks if clock.key in rows[severity.key]["targets"]]),
            wake_is_house=(rows[severity.key].get("wake") or {}).get("origin", Origin.HOUSE) == Origin.HOUSE,
        )
        for severity in version.severities.order_by("position")
    ]


def _limits(severity: Severity, clocks: list[ClockRule]) -> list[Limit]:
    return [
        Limit(clock, severity.target(clock.key), severity.targets[clock.key].get("origin") == Origin.HOUSE)
        for clock in clocks
        if clock.key in severity.targets
    ]


def clock_lines(version: ProcessVersion) -> list[ClockLine]:
    """The clocks of `version` in its order."""
    messages = {message["key"]: message["title"] for message in version.document.get("messages", [])}
    return [
        ClockLine(
            rule=rule,
            kind=str(ClockKind(rule.kind).label),
            start=_word(rule.start, messages),
            stops=[_word(kind, messages) for kind in rule.stop],
            house=rule.origin == Origin.HOUSE,
            note=entry.get("note") or "",
        )
        for rule, entry in zip(version.clocks(), version.document["clocks"], strict=True)
    ]


def age(version: ProcessVersion, now: datetime) -> Age | None:
    """How old the written source is, by its own "last updated", else by its date; None when it has neither."""
    origin: dict[str, Any] = version.document["origin"]
    written = origin.get("last_updated") or origin.get("date")
    if not written:
        return None
    since = date.fromisoformat(written[:10])
    return Age(since, (now.date() - since).days)


def _word(event: str, messages: Mapping[str, str]) -> str:
    """An event or moment of a process as a person says it."""
    if event in Moment.values:
        return str(Moment(event).label)
    kind, _, key = event.partition(":")
    label = str(EventKind(kind).label)
    return f"{label}: {messages.get(key, key)}" if key else label
