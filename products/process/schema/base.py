"""What every section of a process is made of: keys, lines, durations, elements that say where they come from."""

import difflib
import re
from collections.abc import Collection
from string import Formatter
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from products.targets import Target
from products.vocabulary import CHECKS, PLACEHOLDERS, EventKind, Moment, Origin

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\r\n]*$")
]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\r\n]*$")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
# `message_sent:follow_up`: an event of which there are several, by its key in this process.
_QUALIFIED = re.compile(r"(?P<kind>[a-z_]+)(:(?P<key>[a-z][a-z0-9_]{0,39}))?")
_LETTERS = re.compile(r"[a-z_]+")


def one_of(word: str, known: Collection[str], what: str) -> str:
    """`word` when it is known; else ValueError with the nearest known word, or a few of them."""
    if word in known:
        return word
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"such as {', '.join(sorted(known)[:4])}"
    raise ValueError(f"expected {what}, not {word[:80]!r}; {hint}")


def _event(value: str) -> str:
    match = _QUALIFIED.fullmatch(value)
    one_of(match["kind"] if match else value, EventKind.values, "an event")
    return value


def _start(value: str) -> str:
    return value if value in Moment.values else _starting_event(value)


def _starting_event(value: str) -> str:
    match = _QUALIFIED.fullmatch(value)
    one_of(match["kind"] if match else value, [*Moment.values, *EventKind.values], "a moment or an event")
    return value


def _duration(value: str) -> str:
    if Target.parse(value).kind != "duration":
        raise ValueError(
            f'expected a time such as "4 h" or "15 min", not {value!r}; a release goes in `milestone`'
        )
    return value


def _offset(value: str) -> str:
    return value if value in {"0", "0 min"} else _duration(value)


def _template(value: str) -> str:
    for name in placeholders(value):
        one_of(name, PLACEHOLDERS, "a placeholder")
    return value


def placeholders(text: str) -> list[str]:
    """The names between braces: `hotfix/{product}-v{new}` → product, new. `{{` stands for one brace.

    Raises ValueError for a brace that is never closed and for anything but a plain name.
    """
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(
            f"expected placeholders such as {{new}}; write {{{{ for a brace itself ({error})"
        ) from None
    names = []
    for _literal, name, spec, conversion in parsed:
        if name is None:
            continue
        if not _LETTERS.fullmatch(name) or spec or conversion:
            raise ValueError(
                f"expected a placeholder such as {{new}}, not {{{name}}}; write {{{{ for a brace itself"
            )
        names.append(name)
    return names


Event = Annotated[str, AfterValidator(_event)]
Start = Annotated[str, AfterValidator(_start)]
Duration = Annotated[Label, AfterValidator(_duration)]
Offset = Annotated[Label, AfterValidator(_offset)]
Template = Annotated[Line, AfterValidator(_template)]
CheckKey = Annotated[str, AfterValidator(lambda value: one_of(value, CHECKS, "a check"))]


class Section(BaseModel):
    # Who reads no document builds nothing, and who does one whole: this was a seventh of what setting Django up takes.
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, populate_by_name=True, defer_build=True
    )


class Element(Section):
    """`origin`: `source` (the team's written document says so) or `house` (our own default, C16)."""

    origin: Origin = Field(default=Origin.SOURCE, strict=False)


class Spoken(Element):
    """An element that plain text may stand for: the value of its field `spoken`."""

    spoken: ClassVar[str] = "text"

    @model_validator(mode="before")
    @classmethod
    def _line(cls, value: Any) -> Any:
        return {cls.spoken: value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Both ways of writing it, for editors that read the published schema."""
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core_schema)]}


class Sentence(Spoken):
    """One line, such as "Feature requests" under `eligibility.not`."""

    text: Line


class TargetSpec(Element):
    """How long a clock may run: exactly one of `within`, `milestone`, `none: true`.

    `calendar` counts only its working hours. `earliest` says from when on the end is usual ("2 to 4 hours", K86).
    """

    within: Duration | None = None
    milestone: Label | None = None
    none: Literal[True] | None = None
    calendar: Key | None = None
    earliest: Duration | None = None

    @field_validator("milestone")
    @classmethod
    def _is_milestone(cls, value: str | None) -> str | None:
        if value is not None and Target.parse(value).kind != "milestone":
            raise ValueError(f'expected a release such as "next release" or "v1.1", not {value!r}')
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for value in (self.within, self.milestone, self.none)) != 1:
            raise ValueError("expected exactly one of `within`, `milestone` and `none: true`")
        if self.within is None and (self.calendar or self.earliest):
            raise ValueError("expected `within` beside `calendar` and `earliest`")
        if self.within and self.earliest and seconds(self.earliest) > seconds(self.within):
            raise ValueError("expected `earliest` not above `within`")
        return self

    def target(self) -> Target:
        """Without its calendar, which is a matter of the running clock."""
        return Target.parse(self.within or self.milestone or "none")


def seconds(text: str) -> int:
    """Of a Duration or Offset."""
    return 0 if text in {"0", "0 min"} else Target.parse(text).seconds or 0
