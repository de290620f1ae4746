"""What people outside are told, and the way back."""

from typing import Annotated, Literal

from pydantic import Field

from products.process.schema.base import (
    Duration,
    Element,
    Event,
    Key,
    Line,
    Section,
    Sentence,
    Spoken,
    Template,
)
from products.process.schema.severities import SeverityKey
from products.process.schema.work import CommandSpec


class WhenSpec(Section):
    """A message is due `delay` after `event`; `not_before` holds it back until that has happened too (C11)."""

    event: Event
    delay: Duration | None = None
    within: Duration | None = None
    not_before: Event | None = None


class BodyLine(Spoken):
    """A line of a message; with `claim` it is struck out unless what it claims is shown to be true (K70–K76)."""

    text: Template
    claim: (
        Literal[
            "deployed_and_verified",
            "no_user_action",
            "restored",
            "zero_errors",
            "stable",
            "resolved_for_users",
        ]
        | None
    ) = None


class MessageSpec(Element):
    key: Key
    title: Line
    when: WhenSpec
    audience: Literal["internal", "users"] = "internal"
    role: Key | None = None
    body: Annotated[list[BodyLine], Field(min_length=1, max_length=30)]


class PreconditionSpec(Sentence):
    """What must be so before one goes back. `shown_by`: what Nightdesk can see of it by itself; a person says the rest.

    `backup`: the option's `path`, by a file monitor. `download`: its `artifact`, or a monitor of that address. `tag`:
    in the repository. `migrations`: read in the difference. `staged`: how many have the version, by the deployments.
    """

    shown_by: Literal["backup", "download", "tag", "migrations", "staged"] | None = None


class UpdatesSpec(Element):
    """How often people are told how it stands while it is open: `every`, by severity; one that is not named has no
    rhythm. `role` is reminded when nobody leads; `audience` is whom an update is for unless somebody says otherwise.
    """

    every: Annotated[dict[SeverityKey, Duration], Field(min_length=1, max_length=12)]
    audience: Literal["internal", "users"] = "internal"
    role: Key | None = None


class OptionSpec(Element):
    """One way back (A38–A42, C15); the order in the document is its rank.

    `artifact`: the address where the version to go back to can be had, with `{target}` for its number; `path`: a file
    on a machine of the product, such as the backup of a program.
    """

    key: Key
    kind: Literal["ota", "reflash", "binary_backup", "redeploy", "halt_rollout", "flag_off", "other"]
    title: Line
    steps: Annotated[list[Sentence], Field(max_length=20)] = []
    commands: Annotated[list[CommandSpec], Field(max_length=12)] = []
    data_preserved: Literal["yes", "no", "unknown"] = "unknown"
    data_note: Line | None = None
    user_action: Line | None = None
    components: Annotated[list[Key], Field(max_length=20)] = []
    preconditions: Annotated[list[PreconditionSpec], Field(max_length=10)] = []
    artifact: Template | None = None
    path: Line | None = None


class RollbackSpec(Element):
    """`when` is what makes people think of it (A37); `approved_by` a role that decides (K138)."""

    when: Sentence | None = None
    approved_by: Key | None = None
    executed_by: Key | None = None
    options: Annotated[list[OptionSpec], Field(max_length=12)] = []


class QuestionSpec(Element):
    """A question for people that no machine can answer (K118–K120)."""

    key: Key
    text: Line


class ActionSpec(Element):
    """A kind of thing to do so that it does not happen again (K125–K130)."""

    kind: Literal["test", "ci", "monitoring", "docs", "process", "other"]
    text: Line


class PostmortemSpec(Element):
    """What happens when the emergency is over (K118–K131); `clock` is the key of the clock that limits it."""

    clock: Key | None = None
    questions: Annotated[list[QuestionSpec], Field(max_length=20)] = []
    agenda: Annotated[list[Sentence], Field(max_length=20)] = []
    actions: Annotated[list[ActionSpec], Field(max_length=20)] = []
    share: Annotated[list[Sentence], Field(max_length=20)] = []
