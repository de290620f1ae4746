"""Which thread of a room is about which incident, and what a button of ours stands for."""

from __future__ import annotations

import hmac
import json

from django.core import signing

from foundation.secrets import SecretLost, unseal
from notifications.models import Audience, Channel, Delivery, Kind, Thread
from notifications.parcel import Outcome

SALT = "notifications.slack.press"


def app_of(channel: Channel) -> dict[str, str]:
    """Token, room and signing secret; empty where the room cannot answer us, or its key is lost."""
    if not channel.key or channel.archived_at or channel.audience != Audience.INTERNAL:
        return {}
    try:
        return dict(json.loads(unseal(channel.sealed)))
    except SecretLost:
        return {}


def same_app(one: Channel, other: Channel) -> bool:
    """A Slack app has one address to call, and may serve many rooms: whoever knows its secret speaks for all."""
    mine, others = app_of(one).get("secret", ""), app_of(other).get("secret", "")
    return bool(mine) and hmac.compare_digest(mine.encode(), others.encode())


def thread_of(delivery: Delivery) -> str:
    """Where the room has this incident already, or empty."""
    if not _threaded(delivery):
        return ""
    found = Thread.objects.filter(channel=delivery.channel_id, ref=delivery.ref).values_list(
        "stamp", flat=True
    )
    return found.first() or ""


def keep(delivery: Delivery, outcome: Outcome) -> None:
    """`delivery` began a thread there."""
    if outcome.thread and _threaded(delivery):
        place = {"room": outcome.room, "stamp": outcome.thread}
        Thread.objects.update_or_create(channel=delivery.channel, ref=delivery.ref, defaults=place)


def _threaded(delivery: Delivery) -> bool:
    """Users get each message on its own, and a test is about nothing."""
    channel = delivery.channel
    ours = channel is not None and channel.kind == Kind.SLACK and channel.audience == Audience.INTERNAL
    return ours and delivery.key != "test"


def press_of(delivery: Delivery) -> str:
    """The value of the Acknowledge button; empty where none belongs."""
    return signing.dumps(delivery.pk, salt=SALT) if delivery.asks else ""


def pressed(value: str) -> Delivery | None:
    """Whose button it is. It does not grow old: who presses it is asked each time."""
    try:
        pk = signing.loads(value, salt=SALT)
    except signing.BadSignature:
        return None
    return Delivery.objects.select_related("channel", "team").filter(pk=pk, asks=True).first()


def thread_at(room: str, stamp: str, *, heard_by: Channel) -> Thread | None:
    """The thread of ours there, if the app that tells of it is the one that wrote it."""
    rows = Thread.objects.filter(room=room, stamp=stamp).select_related("channel")
    return next((one for one in rows if same_app(heard_by, one.channel)), None)
