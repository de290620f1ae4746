"""Everything timed: clocks, the working calendars they may count by, and the planned marks of the T-ruler."""

import datetime
import re
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from products.process.schema.base import Element, Event, Key, Label, Offset, Section, Start, TargetSpec, Text
from products.vocabulary import ClockKind, Origin

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")


class CalendarSpec(Element):
    """Working hours: `hours: {mon: "09:00-17:00", …}` in `time_zone`, none on `holidays`."""

    key: Key
    time_zone: Label
    hours: Annotated[dict[Literal[DAYS], str], Field(min_length=1)]  # type: ignore[valid-type]
    holidays: Annotated[list[datetime.date], Field(max_length=400, strict=False)] = []

    @field_validator("holidays", mode="before")
    @classmethod
    def _dates(cls, value: Any) -> Any:
        return [_date(day) for day in value] if isinstance(value, list) else value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise ValueError(
                f'expected a time zone such as "Europe/Vienna" or "UTC", not {value!r}'
            ) from None
        return value

    @field_validator("hours")
    @classmethod
    def _hours(cls, value: dict[str, str]) -> dict[str, str]:
        for day, hours in value.items():
            match = _HOURS.fullmatch(hours)
            if not match or hours[:5] >= hours[6:]:
                raise ValueError(f'expected hours such as "09:00-17:00" on {day}, not {hours!r}')
        return value


class ClockSpec(Element):
    """What starts a clock and what stops it.

    `target` holds for every severity that names none of its own. `bounds: house` says that the source gives the time
    and not where it starts and stops (C14). `at_least` is a time to wait out: reaching its end is good. `holds` names
    verbs that wait until the clock is met or waived, such as close. `per: remedy` starts one for each hotfix.
    `again` are events that start it anew once it has ended, such as a watch that failed.
    """

    key: Key
    label: Label
    kind: ClockKind = Field(strict=False)
    from_: Start = Field(alias="from")
    to: Annotated[list[Event], Field(min_length=1, max_length=20)]
    again: Annotated[list[Event], Field(max_length=20)] = []
    target: TargetSpec | None = None
    at_least: bool = False
    holds: Annotated[list[Literal["close", "resolve"]], Field(max_length=2)] = []
    per: Literal["incident", "remedy"] = "incident"
    bounds: Origin = Field(default=Origin.SOURCE, strict=False)
    note: Text | None = None

    @model_validator(mode="after")
    def _ends_elsewhere(self) -> Self:
        if self.from_ in self.to:
            raise ValueError(f"starts and stops with {self.from_!r}; expected two different events")
        if both := sorted(set(self.again) & set(self.to)):
            raise ValueError(f"starts again and stops with {both[0]!r}; expected two different events")
        if self.holds and not self.at_least:
            raise ValueError(
                "expected `at_least: true` beside `holds`: only a time to wait out can hold a verb"
            )
        return self


class MarkEvent(Section):
    """One thing of a mark, by the events that show it; the first of them counts."""

    label: Label
    events: Annotated[list[Start], Field(min_length=1, max_length=10)]


class MarkSpec(Element):
    """A planned moment of the T-ruler: `at` after detection (K78–K85)."""

    at: Offset
    what: Annotated[list[MarkEvent], Field(min_length=1, max_length=6)]


def _date(value: Any) -> Any:
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"expected dates such as 2026-12-25, not {value!r}") from None
