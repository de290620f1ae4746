"""What the judgement is made of: a part with its level and its sentence, and who is alive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from config.health.facts import Beat, Facts

PULSE_S = 15.0
# A probe gives up within 10 s by itself; what a send may take does not count (`heartbeat.allow`). With the pulse (2 s),
# the next look (3 s) and the shortest interval (5 s) it is said within 30 s.
SILENT_S = 18.0


class Level(StrEnum):
    OK = "ok"
    NOTICE = "notice"
    WARN = "warn"
    DOWN = "down"


@dataclass(frozen=True)
class Part:
    """`said` may hold %(since)s. `covered`: another part says the cause, so the banner leaves this one out."""

    key: str
    title: str
    level: Level = Level.OK
    said: str = ""
    since: datetime | None = None
    covered: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.level != Level.DOWN

    @property
    def summary(self) -> str:
        """The sentence, with the moment in UTC."""
        since = self.since.strftime("%Y-%m-%d %H:%M:%S UTC") if self.since else "?"
        return self.said % {"since": since} if "%(since)s" in self.said else self.said


def alive(beat: Beat, now: datetime) -> bool:
    """The process behind it has been heard lately and has not said good-bye."""
    return beat.ended_at is None and age(beat.pulse_at, now) <= PULSE_S


def age(at: datetime, now: datetime) -> float:
    return (now - at).total_seconds()


def of(facts: Facts, name: str, *, living: bool = True) -> list[Beat]:
    found = [beat for beat in facts.beats if beat.name == name]
    return [beat for beat in found if alive(beat, facts.now)] if living else found


def last_of(beats: Iterable[Beat]) -> Beat | None:
    return max(beats, key=lambda beat: beat.pulse_at, default=None)


def no_room_since(facts: Facts) -> datetime | None:
    """Since when PostgreSQL has refused a living process what is new, because its disk is full."""
    told = [str(beat.figures.get("no_room_since") or "") for beat in facts.beats if alive(beat, facts.now)]
    known = [datetime.fromisoformat(text) for text in told if text]
    return min((at for at in (*known, facts.no_room_since) if at), default=None)


def stuck(facts: Facts, name: str) -> Beat | None:
    """A living process in which work of that kind is under way that gives no sign."""
    found = [b for b in of(facts, name) if b.silent_since and age(b.silent_since, facts.now) > SILENT_S]
    return min(found, key=lambda beat: beat.beat_at, default=None)
