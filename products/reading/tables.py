"""A version of a process as its pages read it: the severity table by clock, clocks in words, where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from products.models import ProcessVersion, Severity
from products.process.clock_rules import ClockRule
from products.reading.outline import event_words, limit_words, names
from products.targets import Target
from products.vocabulary import ClockKind, Origin

# A written process that nobody has touched for half a year is asked to be read again (K141).
REVIEW_AFTER_DAYS = 180


@dataclass(frozen=True)
class Limit:
    """How long one clock may run at one severity."""

    clock: ClockRule
    target: Target
    house: bool
    note: str = ""


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
    bounds_are_house: bool = False
    target: dict[str, Any] | None = None
    again: list[str] = field(default_factory=list)


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
    calendars = names(version.document)["calendars"]
    return [
        SeverityRow(
            severity,
            rows[severity.key]["origin"] == Origin.HOUSE,
            _limits(severity, clocks, rows[severity.key]["targets"], calendars),
            wake_is_house=(rows[severity.key].get("wake") or {}).get("origin", Origin.HOUSE) == Origin.HOUSE,
        )
        for severity in version.severities.order_by("position")
    ]


def _limits(
    severity: Severity, clocks: list[ClockRule], own: Mapping[str, Any], calendars: Mapping[str, str]
) -> list[Limit]:
    """Of the clocks that the severity names itself, in the order of the clocks."""
    return [
        Limit(
            clock,
            severity.target(clock.key),
            severity.targets[clock.key].get("origin") == Origin.HOUSE,
            limit_words(own[clock.key], calendars) if _says_more(own[clock.key]) else "",
        )
        for clock in clocks
        if clock.key in own and clock.key in severity.targets
    ]


def _says_more(target: Mapping[str, Any]) -> bool:
    return bool(target.get("earliest") or target.get("calendar"))


def clock_lines(version: ProcessVersion) -> list[ClockLine]:
    """The clocks of `version` in its order."""
    messages = {message["key"]: message["title"] for message in version.document.get("messages", [])}
    return [
        ClockLine(
            rule=rule,
            kind=str(ClockKind(rule.kind).label),
            start=event_words(rule.start, messages),
            stops=[event_words(kind, messages) for kind in rule.stop],
            again=[event_words(kind, messages) for kind in rule.again],
            house=rule.origin == Origin.HOUSE,
            note=entry.get("note") or "",
            bounds_are_house=entry.get("bounds") == Origin.HOUSE,
            target=entry.get("target"),
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
