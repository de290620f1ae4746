"""What people do: steps with their commands, the checklist, the deploy, the smoke tests and the watch."""

from typing import Annotated, Literal

from pydantic import Field

from products.process.schema.base import (
    CheckKey,
    Duration,
    Element,
    Event,
    Key,
    Label,
    Line,
    Sentence,
    Start,
    Template,
    Text,
)


class CommandSpec(Element):
    """A line for a terminal, its placeholders filled in for the person who copies it."""

    run: Annotated[str, Field(min_length=1, max_length=2000)]
    about: Line | None = None
    workdir: Line | None = None


class StepSpec(Element):
    """One step, done when its `done_on` event happened or its checklist items are done.

    `phase` groups steps that follow each other (A16). `if_needed` is the question whose "no", with a reason, makes the
    step not needed (A28).
    """

    key: Key
    title: Line
    phase: Label | None = None
    role: Key | None = None
    text: Annotated[list[Sentence], Field(max_length=20)] = []
    fields: Annotated[
        list[Literal["title", "severity", "product", "environment", "impact"]], Field(max_length=5)
    ] = []
    commands: Annotated[list[CommandSpec], Field(max_length=12)] = []
    checks: Annotated[list[CheckKey], Field(max_length=20)] = []
    done_on: Annotated[list[Event], Field(max_length=6)] = []
    if_needed: Line | None = None


class ItemSpec(Element):
    """One box of the checklist. Without `check` only a person can say that it is done."""

    title: Line
    check: CheckKey | None = None
    step: Key | None = None
    done_on: Annotated[list[Event], Field(max_length=6)] = []


class ChecklistSpec(Element):
    """The boxes in the source's order, with the line above and the line below them (K99–K117)."""

    header: Template | None = None
    footer: Template | None = None
    items: Annotated[list[ItemSpec], Field(max_length=60)] = []


class DeploySpec(Element):
    """How it goes out (K54–K57); `clock` is the key of the clock that limits it. `environment` is where it has to be to
    count as deployed: production, unless said otherwise (A24, A44). `full_rollout`: in a store it is done once all of
    the users can get it; until then "deployed" is worth a look.
    """

    environment: Literal["dev", "staging", "production"] | None = None
    procedure: Text | None = None
    first: Sentence | None = None
    clock: Key | None = None
    full_rollout: bool = False


class SmokeItem(Element):
    """One thing to try at once after the deploy (K58–K60)."""

    key: Key
    title: Line


class WatchSpec(Element):
    """How long and by what the fix is watched (K61–K64, K98).

    `coverage` in percent of the time and `max_gap` in intervals of a monitor say when watching counts as watching.
    `samples_from` is from when on what the monitors said is kept (C3).
    """

    from_: Start = Field(alias="from")
    for_: Duration = Field(alias="for")
    samples_from: Start | None = None
    coverage: Annotated[int, Field(ge=1, le=100)] = 95
    max_gap: Annotated[int, Field(ge=1, le=100)] = 3
    role: Key | None = None
    look_at: Annotated[list[ItemSpec], Field(max_length=20)] = []
