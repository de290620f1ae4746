"""The document as a whole."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, AwareDatetime, Field, StringConstraints

from products.process.schema.base import Element, Label, Line, Section, Sentence, Text
from products.process.schema.clocks import CalendarSpec, ClockSpec, MarkSpec
from products.process.schema.people import ContactsSpec, MistakesSpec, RoleSpec
from products.process.schema.policy import PolicySpec
from products.process.schema.setup import SetupSpec
from products.process.schema.severities import Eligibility, SeveritySpec
from products.process.schema.telling import MessageSpec, PostmortemSpec, RollbackSpec, UpdatesSpec
from products.process.schema.work import ChecklistSpec, DeploySpec, SmokeItem, StepSpec, WatchSpec


class Provenance(Section):
    """Where the written document is and who wrote it (A1, K1, K141)."""

    repo: Label | None = None
    path: Line | None = None
    author: Label | None = None
    commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,64}$")] | None = None
    subject: Line | None = None
    date: AwareDatetime | None = Field(default=None, strict=False)
    format: Label | None = None
    lines: Annotated[int, Field(ge=1)] | None = None
    size: Label | None = None
    work_item: Label | None = None
    last_updated: datetime.date | None = Field(default=None, strict=False)
    related: Annotated[list[Line], Field(max_length=20)] = []


class Settlement(Element):
    """A finding of the lint, by its code, and what was chosen."""

    settles: Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{1,3}$")] = Field(
        validation_alias=AliasChoices("settles", "row")  # what it was called before 0.1
    )
    about: Line
    choice: Text
    why: Text


class ProcessDocument(Section):
    """A whole process. `schema: 1` is the only version there is; only four sections are needed."""

    schema_: Literal[1] = Field(alias="schema")
    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
    name: Annotated[Line, StringConstraints(max_length=120)]
    purpose: Sentence | None = None
    origin: Provenance = Provenance()
    severities: Annotated[list[SeveritySpec], Field(min_length=1, max_length=12)]
    eligibility: Eligibility = Eligibility()
    start: Sentence | None = None
    roles: Annotated[list[RoleSpec], Field(max_length=20)] = []
    calendars: Annotated[list[CalendarSpec], Field(max_length=10)] = []
    clocks: Annotated[list[ClockSpec], Field(max_length=40)] = []
    marks: Annotated[list[MarkSpec], Field(max_length=40)] = []
    policy: PolicySpec | None = None
    steps: Annotated[list[StepSpec], Field(max_length=40)] = []
    checklist: ChecklistSpec | None = None
    deploy: DeploySpec | None = None
    smoke: Annotated[list[SmokeItem], Field(max_length=20)] = []
    watch: WatchSpec | None = None
    messages: Annotated[list[MessageSpec], Field(max_length=20)] = []
    updates: UpdatesSpec | None = None
    rollback: RollbackSpec | None = None
    mistakes: MistakesSpec = MistakesSpec()
    postmortem: PostmortemSpec | None = None
    contacts: ContactsSpec = ContactsSpec()
    setup: SetupSpec = SetupSpec()
    settles: Annotated[list[Settlement], Field(max_length=60)] = []

    def as_json(self) -> dict[str, Any]:
        """What ProcessVersion.document holds: the names of the file, every default filled in."""
        return self.model_dump(mode="json", by_alias=True)
