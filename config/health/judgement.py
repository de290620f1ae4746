"""Whether Nightdesk does its work: pure, from facts to one sentence per part.

`down`: what is promised is not held; /readyz answers 503, every page says it. `warn`: every page says it too, the work
goes on. `notice`: something to know or to set up, said on the health page only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from config.health import house, work
from config.health.facts import Facts
from config.health.parts import Level, Part, no_room_since

# A process that has just begun has not had the time to see anybody.
FIRST_LOOK_S = 15.0


@dataclass(frozen=True)
class Report:
    """All parts. `at` is the moment it is true for, by the database's clock where that answered."""

    at: datetime
    parts: tuple[Part, ...]
    facts: Facts | None = None

    @property
    def ok(self) -> bool:
        return all(part.ok for part in self.parts)

    @property
    def alarms(self) -> list[Part]:
        """What every page says, the worst first."""
        loud = [part for part in self.parts if part.level in (Level.DOWN, Level.WARN) and not part.covered]
        return sorted(loud, key=lambda part: part.level != Level.DOWN)

    @property
    def digest(self) -> tuple[tuple[str, str], ...]:
        """Changes when a page has something else to say."""
        return tuple((part.key, part.level) for part in self.alarms)

    def part(self, key: str) -> Part:
        return next(part for part in self.parts if part.key == key)


def judge(facts: Facts, *, up_s: float = 3600.0, unstored_s: float = 0.0) -> Report:
    """`up_s`: for how long the judging process lives; `unstored_s`: for how long results have been missing."""
    full = no_room_since(facts) is not None  # then that one cause is said, not all that follows
    worker = replace(work.worker(facts), covered=full)
    idle = not worker.facts.get("running")  # so with this one
    quiet = idle or full or work.comes_back(facts)
    parts = [
        house.database(facts),
        house.tables(facts),
        worker,
        work.ticker(facts, quiet),
        replace(work.clocks(facts), covered=quiet),
        replace(work.messages(facts), covered=quiet),
        replace(work.outside(facts), covered=quiet),
        replace(work.monitors(facts, unstored_s), covered=quiet),
        replace(work.changes(facts), covered=quiet),
        replace(work.alerts(facts), covered=quiet),
        replace(house.pages(facts), covered=full),
        house.broker(facts, idle),
        house.disk(facts),
        house.backup(facts),
        house.role(facts),
        house.locale(facts),
        house.mail(facts),
        house.links(facts),
        house.ping(facts),
        *([] if facts.processes is None else [house.processes(facts)]),
    ]
    if up_s < FIRST_LOOK_S:
        parts = [
            replace(p, level=Level.OK, said=_("Just started; not known yet.")) if _early(p) else p
            for p in parts
        ]
    return Report(facts.now, tuple(parts), facts)


def unreachable(at: datetime, *, since: datetime | None, why: str) -> Report:
    """PostgreSQL does not answer: nothing else can be known."""
    said = _("The database has not answered since %(since)s. Nothing can be saved or shown.")
    part = Part("database", _("Database"), Level.DOWN, said, since or at, facts={"error": why})
    return Report(at, (part,))


def unwritable(at: datetime, *, since: datetime) -> Report:
    """PostgreSQL has no room even for an answer."""
    return Report(at, (house.full(since),))


def untold(at: datetime, *, why: str) -> Report:
    """The tables that tell how it goes are not there."""
    said = _("The tables of this version of Nightdesk are not there: ./run prepare makes them.")
    return Report(at, (Part("tables", _("Tables"), Level.DOWN, said, facts={"error": why}),))


def blind(at: datetime, *, why: str) -> Report:
    """The look itself failed, by a mistake of ours: nothing is known, and that is no promise kept."""
    said = _("Nightdesk could not look at itself. The log says why.")
    return Report(at, (Part("look", _("Own health"), Level.DOWN, said, at, facts={"error": why}),))


def _early(part: Part) -> bool:
    return part.level in (Level.DOWN, Level.WARN) and part.key not in ("database", "tables", "disk", "backup")
