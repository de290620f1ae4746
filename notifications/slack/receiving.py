"""A press or a reply: who it is, then what it does, in one transaction, once.

Slack repeats itself when we are slow: a reply has the same id then, and a press that came too late does nothing twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction

from foundation import moment
from notifications import wording
from notifications.models import Channel, Heard
from notifications.slack import api, blocks, deeds, people
from notifications.slack.incoming import Press, Reply
from notifications.slack.threads import app_of, pressed, same_app, thread_at

KEPT_FOR = timedelta(days=7)
AT_ONCE = 1_000
_log = structlog.get_logger(__name__)


def channel_of(key: str) -> Channel | None:
    rows = Channel.objects.active().internal().exclude(key="").select_related("team")
    return rows.filter(key=key).first() if key.isascii() and 0 < len(key) <= 43 else None


def press(channel: Channel, said: Press) -> None:
    """Acknowledges in the name of whoever pressed, or tells that person alone why not. Once somebody has it, the
    message says who instead of asking on."""
    token = app_of(channel)["token"]
    delivery = pressed(said.value)
    if delivery is None or delivery.channel is None or not same_app(channel, delivery.channel):
        return
    person = people.who(token, said.who, said.workspace)
    answer = deeds.known().acknowledge(delivery, person.user) if person.user else person.why
    _log.info("slack.pressed", channel=channel.pk, delivery=delivery.pk, known=bool(person.user))
    if said.stamp and (taken := deeds.known().taken(delivery)):
        shown = blocks.taken(wording.told(delivery), taken)
        api.replace(token, room=said.room, stamp=said.stamp, message=shown)
    api.whisper(token, room=said.room, to=said.who, thread=said.thread, text=answer)


def reply(channel: Channel, said: Reply) -> None:
    """A note on the timeline of the incident whose thread it is; in any other thread it is none of our business."""
    thread = thread_at(said.room, said.thread, heard_by=channel)
    if thread is None or Heard.objects.filter(channel=channel, event=said.event).exists():
        return
    token = app_of(channel)["token"]
    person = people.who(token, said.who, said.workspace)
    with transaction.atomic():
        if not _first(channel, said.event):
            return
        refused = deeds.known().note(
            deeds.Said(thread.ref, person.user, person.label, said.text, _when(said.stamp))
        )
    _log.info("slack.reply", channel=channel.pk, ref=thread.ref, known=bool(person.user), taken=not refused)
    if refused:
        api.whisper(token, room=said.room, to=said.who, thread=said.thread, text=refused)


def _first(channel: Channel, event: str) -> bool:
    """Whether it is new: the unique constraint decides, also between two at once."""
    now = moment.now()
    _row, fresh = Heard.objects.get_or_create(channel=channel, event=event, defaults={"at": now})
    if fresh:
        old = Heard.objects.filter(at__lt=now - KEPT_FOR).values("pk")[:AT_ONCE]
        Heard.objects.filter(pk__in=old).delete()
    return fresh


def _when(stamp: str) -> datetime:
    """When it was written, not later than now."""
    return min(moment.now(), datetime.fromtimestamp(float(stamp), UTC))
