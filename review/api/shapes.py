"""What the API says of a report and takes for one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from foundation.shapes import Body, Key, Moment, Plain, Reason, Title, Utc

Kind = Literal["test", "ci", "monitoring", "docs", "process", "other"]


def _day(value: Any) -> Any:
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a day such as 2026-11-28") from None


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]

What = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\r\n\t]*$"), Plain]


def told(**example: Any) -> ConfigDict:
    """How a body is described: strict as all are, with what one may send."""
    return ConfigDict(strict=True, extra="forbid", json_schema_extra={"examples": [example]})


class AnswerShape(Schema):
    """`seen` is what one sends back with another wording, so that nobody's words are lost."""

    key: str
    question: str
    text: str
    by: str
    at: Utc | None
    number: int
    seen: str


class ActionShape(Schema):
    """`revision` is what one sends back as `seen` to change it."""

    number: int
    text: str
    kind: Kind
    kind_label: str
    owner: str
    due: str
    state: Literal["open", "done", "dropped"]
    settled_by: str
    settled_at: Utc | None
    reason: str
    revision: int


class MeetingShape(Schema):
    at: Utc
    attendees: str
    link: str
    by: str
    scheduled_at: Utc | None


class ProcessChangeShape(Schema):
    """K124. `planned`: `actions` are the numbers of the items that do it; `not_needed`: `reason` says why."""

    state: Literal["open", "planned", "not_needed"]
    words: str
    actions: list[int]
    reason: str
    by: str
    at: Utc | None


class SharedShape(Schema):
    seq: int
    by: str
    at: Utc
    where: str
    url: str


class FindingsShape(Schema):
    """K128. `text` to send to the team, `shared` who says that they sent it, and where."""

    text: str
    shared: list[SharedShape]


class ReviewShape(Schema):
    """`digest` is the sha256 of what was reviewed (`frozen` of `.json`) and stands in the timeline's entry `seq`.

    `own`: "all" where who reviewed it wrote it too, "part", or "" for a second pair of eyes.
    """

    by: str
    at: Utc | None
    seq: int | None
    digest: str
    whole: bool
    own: Literal["all", "part", ""]


class PostmortemShape(Schema):
    """As its page shows it: live until it is reviewed, then as it was. `clocks[].sum` is what the page prints."""

    schema_version: int
    at: Utc
    state: Literal["in_progress", "reviewed"]
    resolved: bool
    left: int
    incident: dict[str, Any]
    times: list[dict[str, Any]]
    durations: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    plan: dict[str, Any] | None
    decisions: list[dict[str, Any]]
    checklist: list[dict[str, Any]]
    hotfixes: list[dict[str, Any]]
    rollbacks: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    told: list[dict[str, Any]]
    roles: list[dict[str, Any]]
    agenda: list[str]
    share: list[str]
    answers: list[AnswerShape]
    writers: list[str]
    actions: list[ActionShape]
    process_change: ProcessChangeShape
    findings: FindingsShape
    meeting: MeetingShape | None
    review: ReviewShape | None
    since_review: list[dict[str, Any]]
    url: str


class ReportRow(Schema):
    """A report in a list. `due_at` is when its clock runs out, null when it does not run."""

    ref: str
    title: str
    product: str
    severity: str
    mode: str
    private: bool
    state: Literal["in_progress", "reviewed"]
    begun: bool
    resolved: bool
    left: int
    due_at: Utc | None
    reviewed_by: str
    url: str


class NewAnswer(Body):
    """`seen`: of the wording one had before, from the report; empty when there was none. 409 when another is there."""

    model_config = told(text="A null site in the shift.", seen="")

    text: Annotated[str, Field(max_length=20_000), Plain]
    seen: Annotated[str, Field(max_length=16), Plain] = ""


class NoChange(Body):
    model_config = told(reason="The process asks for it already.")

    reason: Reason


class Shared(Body):
    """`where`: a channel, a meeting; `url` leads there."""

    model_config = told(where="Slack #releases", url="https://chat.example.org/archives/1")

    where: Annotated[Title, Field(pattern=r"^[^\r\n\t]*$")]
    url: Annotated[str, Field(max_length=500), Plain] = ""
    at: Moment | None = None


class NewMeeting(Body):
    model_config = told(meets_at="2026-12-01T10:00:00Z", attendees="Ada, Ben")

    meets_at: Moment
    attendees: Annotated[str, Field(max_length=300, pattern=r"^[^\r\n\t]*$"), Plain] = ""
    link: Annotated[str, Field(max_length=500), Plain] = ""


class NewAction(Body):
    """`owner` is the e-mail address of somebody of the team who can read the report."""

    model_config = told(text="Test with a null site", kind="test", owner="ben@example.org", due="2026-12-11")

    text: What
    kind: Kind
    owner: Key
    due: Day


class ChangedAction(Body):
    """What is left out stays. `seen`: the revision that was looked at; 409 when it was changed since."""

    model_config = told(due="2026-12-18", seen=1)

    text: What | None = None
    kind: Kind | None = None
    owner: Key | None = None
    due: Day | None = None
    seen: Annotated[int, Field(ge=0, le=10**6)] = 0


class ActionSettled(Body):
    """`reason` is needed to drop it, and taken for nothing else."""

    model_config = told(reason="The page is gone")

    reason: Reason | None = None


class ReportReopened(Body):
    model_config = told(reason="The cause was another one")

    reason: Reason
