"""How a message will read where a channel leads, before anything leaves, as its kind shows it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from foundation import moment
from notifications.channels import email, webhook
from notifications.models import Audience, Channel, Kind
from notifications.parcel import Parcel
from notifications.queue import Message, public


@dataclass(frozen=True)
class Preview:
    """`subject` is the line above the text, where that kind has one."""

    subject: str
    text: str


def preview(channel: Channel, message: Message, *, about: str, key: str, rank: int) -> Preview:
    """Without links that act in a person's name: a room has none."""
    parcel = Parcel(
        uid="…",
        about="" if channel.audience == Audience.USERS else about,
        key=key,
        subject=" ".join(message.subject.split())[:300],
        body=message.body,
        rank=rank,
        at=moment.now(),
        url=public(message.path),
    )
    return _READS.get(Kind(channel.kind), _plain)(parcel)


def _plain(parcel: Parcel) -> Preview:
    return Preview(parcel.subject, "\n\n".join(part for part in (parcel.body, parcel.url) if part))


def _mail(parcel: Parcel) -> Preview:
    return Preview(parcel.subject, email.text(parcel).rstrip())


def _program(parcel: Parcel) -> Preview:
    return Preview("", json.dumps(webhook.payload(parcel), ensure_ascii=False, indent=2))


_READS: dict[Kind, Callable[[Parcel], Preview]] = {Kind.EMAIL: _mail, Kind.WEBHOOK: _program}
