"""What is played, as an address or a script says it: a severity, a start, and moves at their seconds. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts import zones

MOST_MOVES = 60
LONGEST_S = 31 * 24 * 3600
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_MOVE = re.compile(r"(?P<at>[0-9]{1,7})\.(?P<verb>[a-z_]{1,30})(\.(?P<of>[A-Za-z0-9_.-]{1,90}))?", re.ASCII)


@dataclass(frozen=True)
class Move:
    """At `at_s` seconds after the start somebody does `verb`; `of` says what it is done to, such as a step's key."""

    at_s: int
    verb: str
    of: str = ""

    @property
    def token(self) -> str:
        """What it is called in an address: `300.finish_step.fix`."""
        return ".".join(part for part in (str(self.at_s), self.verb, self.of) if part)

    @classmethod
    def parse(cls, token: str) -> Self:
        found = _MOVE.fullmatch(token)
        if not found:
            raise ValidationError({"m": _("“%(what)s” is no move of a simulation.") % {"what": token[:80]}})
        return cls(int(found["at"]), found["verb"], found["of"] or "")


@dataclass(frozen=True)
class Script:
    """`severity` is a key of the process, "" for not sure. `until_s`: where its clock stands, never before a move."""

    severity: str
    start: datetime
    zone: str
    moves: tuple[Move, ...] = ()
    until_s: int = 0

    def __post_init__(self) -> None:
        if len(self.moves) > MOST_MOVES:
            words = {"most": MOST_MOVES}
            raise ValidationError({"m": _("A simulation has at most %(most)s moves. Start over.") % words})
        if not EARLIEST <= self.start <= LATEST:
            raise ValidationError({"start": _("Choose a start between 2000 and 2100.")})
        last = max((move.at_s for move in self.moves), default=0)
        if max(last, self.until_s) > LONGEST_S:
            raise ValidationError({"t": _("A simulation ends after 31 days.")})
        # In the order of their time; what happens in the same second stays in the order it was done.
        object.__setattr__(self, "moves", tuple(sorted(self.moves, key=lambda move: move.at_s)))
        object.__setattr__(self, "until_s", max(last, self.until_s))

    @property
    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.until_s)

    @property
    def local(self) -> str:
        """The start on the clocks of its zone: `2026-11-20T22:00`."""
        at = self.start.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        return at.isoformat(timespec="seconds" if at.second else "minutes")

    @property
    def query(self) -> str:
        """The whole of it for an address: what a colleague needs to see the same."""
        local = self.start.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        said = [
            ("severity", self.severity),
            ("start", local.isoformat(timespec="minutes")),
            ("zone", self.zone),
        ]
        moves = [("m", move.token) for move in self.moves]
        return urlencode([*said, *moves, ("t", str(self.until_s))])

    @property
    def full(self) -> bool:
        """Nothing more can be done in it."""
        return len(self.moves) >= MOST_MOVES

    def later(self, seconds: int) -> "Script":
        """The same, with its clock moved on."""
        return replace(self, until_s=min(LONGEST_S, self.until_s + seconds))

    def then(self, verb: str, of: str = "") -> "Script":
        """The same, and this done now."""
        return replace(self, moves=(*self.moves, Move(self.until_s, verb, of)))

    def without_last(self) -> "Script":
        """Back to the moment before the last move, undone."""
        return replace(self, moves=self.moves[:-1], until_s=self.moves[-1].at_s) if self.moves else self

    @classmethod
    def asked(cls, query: QueryDict, *, severity: str, zone: str, now: datetime) -> Self:
        """Out of an address; what it leaves out is `severity`, `zone` and `now`. ValidationError by field."""
        start = str(query.get("start") or "")
        place = known_zone(str(query.get("zone") or zone))
        return cls(
            str(query.get("severity", severity)),
            local_moment(start, place) if start else now.replace(second=0, microsecond=0),
            place,
            tuple(Move.parse(token) for token in query.getlist("m")),
            _seconds(str(query.get("t") or "0")),
        )


def known_zone(name: str) -> str:
    """`name`, when it is a time zone. ValidationError on `zone` for anything else."""
    if name not in zones.names():
        raise ValidationError(
            {"zone": _("“%(zone)s” is no time zone such as Europe/Vienna.") % {"zone": name[:80]}}
        )
    return name


def local_moment(text: str, zone: str) -> datetime:
    """`2026-11-20T22:00` on the clocks of `zone`, in UTC."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValidationError({"start": _("Write the start like 2026-11-20T22:00.")}) from None


def next_friday_evening(now: datetime, zone: str) -> datetime:
    """The coming Friday, 22:00 on the clocks of `zone`: when it usually happens."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=(4 - local.weekday()) % 7)
    return datetime.combine(day, datetime.min.time().replace(hour=22), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def presets(document: dict[str, Any], now: datetime, zone: str) -> Sequence[tuple[str, datetime]]:
    """Starts that are worth a look: now, on a Friday evening, on the next holiday of a working calendar."""
    found = [
        (_("now"), now.replace(second=0, microsecond=0)),
        (_("Friday 22:00"), next_friday_evening(now, zone)),
    ]
    today = now.date().isoformat()
    calendars = document.get("calendars") or []
    days = sorted({str(day) for one in calendars for day in one.get("holidays") or [] if str(day) >= today})
    if days:
        words = _("holiday %(day)s, 10:00") % {"day": days[0]}
        found.append((words, local_moment(f"{days[0]}T10:00", zone)))
    return found


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise ValidationError({"t": _("The time of a simulation is a number of seconds.")})
    return int(text)
