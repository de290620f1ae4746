"""What scripts send and get of the process on one incident: steps, boxes, messages, stated facts."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from foundation.files import WithFile
from foundation.shapes import Body, Key, Line, Moment, Plain, Words

Url = Annotated[str, Field(max_length=500), Plain]
Why = Annotated[str, Field(max_length=1000), Plain]


class FileShape(Schema):
    """`sha256` is in the chain; `url` gives the bytes."""

    name: str
    size: int
    sha256: str
    type: str
    url: str


class RecordShape(Schema):
    """The entry of the timeline that shows it."""

    seq: int
    kind: str
    by: str
    at: str
    text: str
    url: str
    file: FileShape | None


class BoxShape(Schema):
    position: int
    title: str
    check: str | None
    step: str | None
    state: Literal["open", "done", "not_needed"]
    record: RecordShape | None


class StepShape(Schema):
    """`current`: the one that comes next. Commands are filled in, ready for a shell."""

    key: str
    number: int
    title: str
    phase: str
    role: str | None
    state: Literal["open", "done", "not_needed"]
    current: bool
    if_needed: str | None
    text: list[str]
    commands: list[str]
    boxes: list[int]
    record: RecordShape | None


class LineShape(Schema):
    """`why`: what shows a claim, or why it is left out."""

    text: str
    claim: str | None
    left_out: bool
    why: str | None
    vouched: str | None


class ProcessMessageShape(Schema):
    key: str
    title: str
    audience: Literal["internal", "users"]
    state: Literal["later", "waits", "planned", "due", "sent"]
    due_at: str | None
    late: bool
    text: str
    lines: list[LineShape]
    record: RecordShape | None


class StatedWords(Body):
    """`text` in one's own words, `url` that shows it, `at` when it happened, if not now."""

    text: Words = ""
    url: Url = ""
    at: Moment | None = None


class StatedFact(StatedWords, WithFile):
    """`kind`: the event that happened, such as `merged`; `file`: one that shows it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "merged", "url": "https://example.org/pr/7"}]}
    )

    kind: Key


class Ticked(StatedWords, WithFile):
    """`reason` for `not_needed`, where it is required, and for `reopen`; the others go with being done."""

    reason: Why = ""


class SentMessage(StatedWords):
    """`message`: its key in the process. With `channels` (their ids) Nightdesk sends it there, and `digest` is that of
    the preview that was read; without, `text` says where somebody sent it by hand. `again`: knowing that it was sent
    before."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"message": "deployed", "text": "status page"}]}
    )

    message: Key
    text: Annotated[str, Field(max_length=1000), Plain] = ""
    channels: Annotated[list[int], Field(max_length=100)] = []
    digest: Annotated[str, Field(max_length=64), Plain] = ""
    again: bool = False


class RoomShape(Schema):
    """A channel that fits. `subject` and `text`: how the message reads there; `state`: what became of it in this round,
    null when it has not gone there."""

    id: int
    name: str
    kind: str
    audience: Literal["internal", "users"]
    subject: str
    text: str
    state: str | None
    reason: str


class PreviewShape(Schema):
    """`digest` goes with `send_message`: what leaves is what was read here. `unsent`: why nothing leaves (a drill);
    `not_yet`: why it cannot be sent now; else empty."""

    key: str
    title: str
    audience: Literal["internal", "users"]
    text: str
    digest: str
    left_out: list[LineShape]
    unsent: str
    not_yet: str
    channels: list[RoomShape]


class Vouched(Body):
    """`claim`: that of the line; `reason`: how one knows."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"claim": "no_user_action", "reason": "Server side"}]}
    )

    claim: Line
    reason: Why
    at: Moment | None = None
