"""Schema version 1 of a process (DESIGN.md §6): the shape of each section; what no section knows is refused.

Every element carries `origin`: `source` (the team's written document says so, the default) or `house` (our own
default, C16). A line of text may stand for an element with nothing else to say.
"""

import datetime
import difflib
from collections.abc import Collection
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from products.targets import Target
from products.vocabulary import ClockKind, EventKind, Mark, Moment, Origin, Proceed

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\r\n]*$")
]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\r\n]*$")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


# A process that does not say wakes people for severities up to this rank.
WAKING_RANK = 2


def one_of(word: str, known: Collection[str], what: str) -> str:
    """`word` when it is known; else ValueError with the nearest known word, or a few of them."""
    if word in known:
        return word
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"such as {', '.join(sorted(known)[:4])}"
    raise ValueError(f"expected {what}, not {word[:80]!r}; {hint}")


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Element(Section):
    origin: Origin = Field(default=Origin.SOURCE, strict=False)


class Sentence(Element):
    """One line, such as "Feature requests" under `eligibility.not`."""

    text: Line

    @model_validator(mode="before")
    @classmethod
    def _line(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class Provenance(Section):
    """Where the written document is and who wrote it (A1, K1, K141)."""

    repo: Label = ""
    path: Line = ""
    author: Label = ""
    commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,64}$")] | None = None
    subject: Line = ""
    date: AwareDatetime | None = Field(default=None, strict=False)
    format: Label = ""
    lines: Annotated[int, Field(ge=1)] | None = None
    size: Label = ""
    work_item: Label = ""
    last_updated: datetime.date | None = Field(default=None, strict=False)


class TargetSpec(Element):
    """How long a clock may run at a severity: exactly one of `within`, `milestone`, `none: true`."""

    within: Label | None = None
    milestone: Label | None = None
    none: Literal[True] | None = None

    @field_validator("within")
    @classmethod
    def _is_duration(cls, value: str | None) -> str | None:
        if value is not None and Target.parse(value).kind != "duration":
            raise ValueError(
                f'expected a time such as "4 h" or "15 min", not {value!r}; a release goes in `milestone`'
            )
        return value

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
        return self

    def target(self) -> Target:
        return Target.parse(self.within or self.milestone or "none")


class WakeSpec(Element):
    """Whether this severity wakes people at night; `no` waits for the morning in the team's zone (K132–K135)."""

    answer: Literal["yes", "no"]

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return {"answer": value} if isinstance(value, str) else value


class SeveritySpec(Element):
    """One row of the severity table (A7, K15); `rank` 1 is worst."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=40)]
    label: Label
    mark: Mark = Field(strict=False)
    rank: Annotated[int, Field(ge=1, le=4)]
    examples: Annotated[list[Line], Field(max_length=20)] = []
    targets: Annotated[dict[Key, TargetSpec], Field(max_length=20)] = {}
    proceed: Proceed = Field(strict=False)
    defer_to: Label | None = None
    wake: WakeSpec | None = None

    def wakes(self) -> bool:
        """What the document says; where it is silent, the two worst ranks wake people."""
        return self.wake.answer == "yes" if self.wake else self.rank <= WAKING_RANK

    @model_validator(mode="after")
    def _defer_names_a_release(self) -> Self:
        if self.proceed == Proceed.DEFER and not self.defer_to:
            raise ValueError("expected `defer_to` with the release it waits for, because `proceed` is defer")
        if self.proceed == Proceed.IMMEDIATELY and self.defer_to:
            raise ValueError("expected no `defer_to`, because `proceed` is immediately")
        return self


class Eligibility(Section):
    """When to hotfix and when not (K6–K13)."""

    use: Annotated[list[Sentence], Field(max_length=20)] = []
    not_: Annotated[list[Sentence], Field(alias="not", max_length=20)] = []


class RoleSpec(Element):
    """Who does what; a role that decides is held only by those listed for the product (DECISIONS.md 7)."""

    key: Key
    label: Label
    decides: bool = False
    executes: bool = False
    watches: bool = False
    responsibilities: Annotated[list[Sentence], Field(max_length=20)] = []


class ClockSpec(Element):
    """What starts a clock and what stops it; how long it may run stands with each severity."""

    key: Key
    label: Label
    kind: ClockKind = Field(strict=False)
    from_: str = Field(alias="from")
    to: Annotated[list[str], Field(min_length=1, max_length=20)]
    note: Text | None = None

    @field_validator("from_")
    @classmethod
    def _starts(cls, value: str) -> str:
        return one_of(value, [*Moment.values, *EventKind.values], "a moment or an event")

    @field_validator("to")
    @classmethod
    def _stops(cls, value: list[str]) -> list[str]:
        return [one_of(kind, EventKind.values, "an event") for kind in value]


class Settlement(Element):
    """A contradiction or gap of the source, and what was chosen (conformance.md §1c)."""

    row: Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{1,3}$")]
    about: Line
    choice: Text
    why: Text


class ProcessDocument(Section):
    """A whole process. `schema: 1` is the only version there is."""

    schema_: Literal[1] = Field(alias="schema")
    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
    name: Annotated[Line, StringConstraints(max_length=120)]
    purpose: Sentence | None = None
    origin: Provenance = Provenance()
    severities: Annotated[list[SeveritySpec], Field(min_length=1, max_length=12)]
    eligibility: Eligibility = Eligibility()
    roles: Annotated[list[RoleSpec], Field(max_length=20)] = []
    clocks: Annotated[list[ClockSpec], Field(max_length=40)] = []
    settles: Annotated[list[Settlement], Field(max_length=60)] = []

    def as_json(self) -> dict[str, Any]:
        """What ProcessVersion.document holds: the names of the file, every default filled in."""
        return self.model_dump(mode="json", by_alias=True)
