"""A channel, a delivery and a message. Where a channel leads is write-only: `shown` is all that is ever told of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, WithJsonSchema

from foundation.shapes import Body, Filled, Key, Plain, Utc, address, utc, utc_or_none
from notifications.models import Delivery, State
from notifications.standing import Standing

Secret = Annotated[str, Field(max_length=1000), Plain]
# Not the enumeration itself: in the description it would meet the state of monitors under one name.
Progress = Annotated[str, WithJsonSchema({"type": "string", "enum": State.values})]
ForWhom = Literal["internal", "users"]
KindName = Literal["email", "ntfy", "slack", "teams", "matrix", "webhook", "apprise"]


class LastDelivery(Schema):
    at: Utc
    state: Progress
    reason: str


class ChannelShape(Schema):
    """`team` or `user` (an address) has it; `products` empty: for all of the team. `audience`: the team, which hears
    everything, or users, who get only what is written for them. `shown`: what may be told of where it leads. `last`:
    the newest that was tried, null when nothing has gone through it yet."""

    id: int
    name: str
    kind: KindName
    team: str | None
    user: str | None
    products: list[str]
    audience: ForWhom
    shown: str
    archived_at: Utc | None
    last: LastDelivery | None


class MadeChannel(ChannelShape):
    """`secret`: of a signed webhook for which none was given, told only now. `request_url`: what a Slack app calls."""

    secret: str | None
    request_url: str | None


class TestResult(Schema):
    result: Literal["sent", "retry", "dead"]
    detail: str


class ChannelFacts(Body):
    """What may be changed; what is left out stays, secrets too. `token` null forgets an ntfy server's, `secret` null a
    Slack app's.

    `address` is for e-mail; `url` for ntfy (with its topic), slack, teams, matrix (the homeserver) and webhook; `token`
    for ntfy and matrix; `room` for matrix; `secret` for webhook. A Slack app takes `token`, `room` and `secret` instead
    of `url`. Of apprise (administrators of a team only) `url` is its address.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Duty room"}]})

    name: Annotated[str, Field(min_length=1, max_length=80), Plain, Filled] = ""
    products: Annotated[list[Key], Field(max_length=100)] = []
    audience: ForWhom = "internal"
    address: Annotated[str, Field(max_length=254), Plain] = ""
    url: Annotated[str, Field(max_length=2000), Plain] = ""
    room: Annotated[str, Field(max_length=255), Plain] = ""
    token: Secret | None = ""
    secret: Secret | None = ""


class NewChannel(ChannelFacts):
    """Without `team` it is one's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Duty phone", "kind": "ntfy", "team": "operations", "url": "https://ntfy.example.org/topic"}
            ]
        }
    )  # fmt: skip

    name: Annotated[str, Field(min_length=1, max_length=80), Plain, Filled]
    kind: KindName
    team: Key | None = None


class DeliveryShape(Schema):
    """`to` is who or which channel; `reason` why it was not sent, or what the last attempt met.

    `key` is what it told: opened, warned, breached, resolved, passed. `answer` is what its recipient tapped.
    `unsure`: it may have arrived all the same. `stuck_at`: since when it is known that it will not arrive in time; it
    is tried on.
    """

    id: int
    ref: str
    key: str
    to: str
    kind: Literal["email", "ntfy", "slack", "teams", "matrix", "webhook", "apprise", "inapp"]
    state: Progress
    reason: str
    attempts: int
    created_at: Utc
    due_at: Utc
    sent_at: Utc | None
    unsure: bool
    stuck_at: Utc | None
    noted_at: Utc | None
    answer: str
    answered_at: Utc | None


class MessageShape(Schema):
    """What one was told, in the words that went to phone and mail."""

    id: int
    ref: str
    at: Utc
    subject: str
    text: str
    url: str


def channel_shape(standing: Standing) -> dict[str, Any]:
    """Wants `team`, `user` and `products` read with it."""
    channel, last = standing.channel, standing.last
    same = ("id", "name", "kind", "audience", "shown")
    tried = (
        {"at": utc(last.sent_at or last.created_at), "state": last.state, "reason": last.reason}
        if last
        else None
    )
    return {
        **{name: getattr(channel, name) for name in same},
        "team": channel.team.slug if channel.team else None,
        "user": channel.user.email if channel.user else None,
        "products": sorted(product.slug for product in channel.products.all()),
        "archived_at": utc_or_none(channel.archived_at),
        "last": tried,
    }  # fmt: skip


def delivery_shape(delivery: Delivery) -> dict[str, Any]:
    same = ("id", "ref", "key", "state", "reason", "attempts", "unsure", "answer")
    moments = ("sent_at", "stuck_at", "noted_at", "answered_at")
    return {
        **{name: getattr(delivery, name) for name in same},
        **{name: utc_or_none(getattr(delivery, name)) for name in moments},
        "to": delivery.label,
        "kind": delivery.kind.value,
        "created_at": utc(delivery.created_at),
        "due_at": utc(delivery.due_at),
    }


def message_shape(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.pk,
        "ref": delivery.ref,
        "at": utc(delivery.sent_at or delivery.created_at),
        "subject": delivery.subject,
        "text": delivery.body,
        "url": address(delivery.path or "/"),
    }
