"""What a script sends with a verb: the facts, and a reason where the record needs one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from foundation.files import WithFile
from foundation.shapes import Body, Key, Moment, Plain, Reason, Title, Words
from incidents.api.writing import Affected, Count
from incidents.roles.holding import LEAD


def _example(value: JsonDict) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class Plainly(Body):
    """There is nothing to say with it: it happens now."""


class At(Body):
    """`at`: when it happened, if not now."""

    at: Moment | None = None


class Change(At):
    model_config = _example({"severity": "high", "reason": "One region only"})

    severity: Key
    reason: Reason


class Describe(At):
    """What is left out stays. `flags` are all that hold; `environment` and `reported_at` null take it away."""

    model_config = _example({"impact": "Nobody in the EU can sign in", "flags": ["data_loss"]})

    title: Title = ""
    impact: Words = ""
    workaround: Words = ""
    users_affected: Count | Affected | None = None
    flags: list[Literal["security", "data_loss"]] = []
    affected_version: Annotated[str, Field(max_length=80), Plain] = ""
    environment: Key | None = None
    reported_at: Moment | None = None


class Update(At):
    """`channels`: the ids of those that hear it now. Without, `audience` says whom: `internal`, the team's channels;
    `users`, users' and the team's. Without both it stands on the timeline alone."""

    model_config = _example({"text": "Signing in works again for half of them", "audience": "internal"})

    text: Annotated[str, Field(min_length=1, max_length=2000), Plain]
    channels: Annotated[list[int], Field(max_length=100)] = []
    audience: Literal["internal", "users"] | None = None


class Claim(At):
    """`reason`: needed from an administrator who is not listed for a role that decides."""

    model_config = _example({"role": "release_engineer"})

    role: Key = LEAD
    reason: Annotated[str, Field(max_length=1000), Plain] = ""


class Assign(At):
    """`user`: the e-mail address of somebody in the team."""

    model_config = _example({"user": "ben@example.org"})

    role: Key = LEAD
    user: Annotated[str, Field(min_length=3, max_length=254), Plain]
    note: Annotated[str, Field(max_length=1000), Plain] = ""


class HandOver(At):
    """`user`: the e-mail address of somebody in the team; `note`: where things stand."""

    model_config = _example(
        {"role": "devops", "user": "ben@example.org", "note": "Rollout is halted at 20 %"}
    )

    role: Key
    user: Annotated[str, Field(min_length=3, max_length=254), Plain]
    note: Reason


class GiveUp(At):
    model_config = _example({"role": "devops"})

    role: Key
    note: Annotated[str, Field(max_length=1000), Plain] = ""


class Note(At, WithFile):
    """`file` hangs on it; with one, `text` may be left out."""

    model_config = _example({"text": "Rolled the pods", "at": "2026-11-21T02:14:00Z"})

    text: Words = ""


class Said(At):
    text: Words = ""


class Because(At):
    model_config = _example({"reason": "It came back after the cache expired"})

    reason: Reason


class Correct(Body):
    """Entry `seq` happened at another time, or in other words."""

    model_config = _example({"seq": 4, "occurred_at": "2026-11-21T02:14:00Z", "reason": "Wrong hour"})

    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Reason
    occurred_at: Moment | None = None
    text: Words | None = None


class Redact(Body):
    """Takes two: one asks (the entry is hidden at once), another one confirms or declines."""

    model_config = _example({"seq": 4, "reason": "It holds a password"})

    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    decision: Literal["ask", "confirm", "decline"] = "ask"
    reason: Annotated[str, Field(max_length=1000), Plain] = ""


class Defer(Because):
    """`to`: the release it waits for. Left out: the one that the process names for its severity."""

    model_config = _example({"to": "v1.1", "reason": "Cosmetic, and nobody is stopped by it"})

    to: Annotated[str, Field(max_length=80), Plain] = ""


class OfClock(Body):
    """`clock` is its key; `subject` the remedy it is of, where several have one. It happens now: never backdated."""

    model_config = _example({"clock": "response", "reason": "The provider is down, we wait for it"})

    clock: Key
    reason: Reason
    subject: Annotated[str, Field(max_length=20), Plain] = ""


class Duplicate(At):
    """`of`: the incident that goes on."""

    model_config = _example({"of": "INC-41", "reason": "The same gateway"})

    of: Key
    reason: Annotated[str, Field(max_length=1000), Plain] = ""
