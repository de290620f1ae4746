"""How bad it is, and whether it is a hotfix at all."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from products.process.schema.base import Element, Key, Label, Line, Section, Sentence, Spoken, TargetSpec
from products.vocabulary import Mark, Proceed

# A process that does not say wakes people for severities up to this rank.
WAKING_RANK = 2


SeverityKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=40)]


class WakeSpec(Spoken):
    """Whether this severity wakes people at night; `no` waits for the morning in the team's zone (K132–K135)."""

    spoken: ClassVar[str] = "answer"
    answer: Literal["yes", "no"]


class SeveritySpec(Element):
    """One row of the severity table (A7, K15); `rank` 1 is worst."""

    key: SeverityKey
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
