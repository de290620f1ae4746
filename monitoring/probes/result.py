"""What a probe is asked and what it answers: plain values, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from monitoring.reasons import said
from network.exchange import Response

State = Literal["up", "degraded", "down", "unknown"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. `mapping`: None or "" (find the shape out), a preset's name, or a dict
    (mapping.py).
    """

    kind: str
    target: str
    expect: Mapping[str, Any] = field(default_factory=dict)
    mapping: str | Mapping[str, Any] | None = None
    interval_s: int = 60
    # For what is pushed: when a script last did, or since when Nightdesk listens if that is later; None before.
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many were read, of the last `over_s` seconds; 0: of all time, a number that only grows."""

    number: float
    what: Literal["errors", "user_reports"]
    over_s: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """One target's state. `code` is a word and `detail` a sentence for people; both are "" when there is
    nothing to say.

    `checked_at`: the moment the state was seen, by the file's own clock in a summary; None if nobody says.
    After `fresh_until` the state counts as unknown. `uptime_percent` 0–100 as the source says it.
    """

    key: str
    name: str
    state: State
    code: str = ""
    detail: str = ""
    latency_ms: float | None = None
    checked_at: datetime | None = None
    uptime_percent: float | None = None
    fresh_until: datetime | None = None
    # Which version it says it is, "" where it says none, and in which environment ("" is production).
    version: str = ""
    environment: str = ""
    # How many errors or reports it read; None where it counts nothing, or could not.
    count: Count | None = None

    @property
    def said(self) -> str:
        """Why, in words."""
        return said(self.detail, self.code)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole probe. With a `code` there are no results: the probe itself failed, and nothing is known
    about any target.
    """

    results: tuple[Result, ...] = ()
    code: str = ""
    detail: str = ""
    response: Response | None = None
    body: bytes = b""
    preset: str = ""
    freshness: str = ""
    # Nothing new to judge: what was pushed last still holds.
    waiting: bool = False

    def for_targets(self, known: Iterable[tuple[str, str]]) -> list[Result]:
        """One result for each known (key, name) and each new target: what the probe does not speak of is
        unknown, never up.
        """
        if self.code:
            rows = list(known) or [("", "")]
            return [Result(key, name, "unknown", self.code, self.detail) for key, name in rows]
        spoken = {result.key for result in self.results}
        gone = _("It is no longer named in what arrives.")
        return [
            *self.results,
            *(Result(key, name, "unknown", "missing", gone) for key, name in known if key not in spoken),
        ]
