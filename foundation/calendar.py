"""Working time: which hours count, and how far a span of them reaches. Pure.

A calendar has local hours per weekday in one time zone and days off. Spans are seconds that really pass: a window
that holds a clock change is an hour shorter or longer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Where no working day comes for so long, none ever will: a calendar of nothing but holidays.
LONGEST_SEARCH_DAYS = 3 * 366


@dataclass(frozen=True)
class WorkingCalendar:
    """`hours` maps a weekday (0 is Monday) to minutes since midnight, `(from, to)`; 1440 is the day's end."""

    zone: ZoneInfo
    hours: Mapping[int, tuple[int, int]]
    holidays: frozenset[date] = frozenset()

    @classmethod
    def of(cls, time_zone: str, hours: Mapping[str, str], holidays: Sequence[str | date] = ()) -> Self:
        """From a process: `{"mon": "09:00-17:00"}`, holidays as dates or ISO texts."""
        return cls(
            ZoneInfo(time_zone),
            {DAYS.index(day): _minutes(text) for day, text in hours.items()},
            frozenset(date.fromisoformat(day) if isinstance(day, str) else day for day in holidays),
        )

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads: kept with a running clock, so that a newer process changes nothing in it."""
        hours = {str(day): list(window) for day, window in sorted(self.hours.items())}
        return {
            "zone": self.zone.key,
            "hours": hours,
            "holidays": sorted(day.isoformat() for day in self.holidays),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(
            ZoneInfo(value["zone"]),
            {int(day): (window[0], window[1]) for day, window in value["hours"].items()},
            frozenset(date.fromisoformat(day) for day in value["holidays"]),
        )

    def windows(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working windows from `since` on, in UTC and in order; the first may have begun before."""
        day = since.astimezone(self.zone).date() - timedelta(days=1)
        idle = 0
        while idle < LONGEST_SEARCH_DAYS:
            window = self._window(day)
            if window and window[1] > since:
                yield window
                idle = 0
            idle += 1
            day += timedelta(days=1)

    def _window(self, day: date) -> tuple[datetime, datetime] | None:
        if day in self.holidays or day.weekday() not in self.hours:
            return None
        start, end = (self._at(day, minutes) for minutes in self.hours[day.weekday()])
        # A zone that changes sides of the date line leaves a whole day out (Apia, 30 December 2011).
        happened = start.astimezone(self.zone).date() == day
        return (start, end) if happened and start < end else None

    def _at(self, day: date, minutes: int) -> datetime:
        # 24:00 is the next day's midnight by the wall, however long this day is.
        whole, rest = divmod(minutes, 1440)
        local = datetime.combine(day + timedelta(days=whole), time(rest // 60, rest % 60), self.zone)
        return local.astimezone(UTC)

    def after(self, start: datetime, seconds: float) -> datetime:
        """The moment by which `seconds` of working time have passed since `start`, in UTC.

        Raises ValueError where no working time is left within three years.
        """
        left = timedelta(seconds=seconds)
        for opens, closes in self.windows(start):
            begin = max(opens, start.astimezone(UTC))
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        raise ValueError("the calendar has no working time left")

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds of working time from `start` to `end`; 0 where `end` is not later. Whole ones stay whole: a hundred
        mornings are not added up as fractions.
        """
        total = timedelta()
        for opens, closes in self.windows(start):
            if opens >= end:
                break
            total += max(timedelta(), min(closes, end) - max(opens, start))
        return total.total_seconds()

    def text(self) -> str:
        """ "Mon–Fri 09:00–17:00, Europe/Vienna": days with the same hours together."""
        groups: list[tuple[list[int], tuple[int, int]]] = []
        for day, window in sorted(self.hours.items()):
            if groups and groups[-1][1] == window and groups[-1][0][-1] == day - 1:
                groups[-1][0].append(day)
            else:
                groups.append(([day], window))
        said = [f"{_days(days)} {_clock(window[0])}–{_clock(window[1])}" for days, window in groups]
        return f"{', '.join(said)}, {self.zone.key}"


def _days(days: list[int]) -> str:
    first, last = (DAYS[day].capitalize() for day in (days[0], days[-1]))
    return first if len(days) == 1 else f"{first}–{last}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(text: str) -> tuple[int, int]:
    start, end = text.split("-")
    return _of_day(start), _of_day(end)


def _of_day(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
