"""Nightdesk sends a message of the process to channels: frozen, judged once more, and each channel at most once a round
(K65–K77, K136, C11, C17).

The event and the outbox rows are one transaction: nothing is sent that is not on record, and what is on record is sent
even if every process dies right after. A round is one deployment, or one resolution: `about` names it.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.crash import crashpoint
from incidents.lifecycle.lifecycle import TooLate, perform
from incidents.messages import letters
from incidents.messages.letters import Letter, Room
from incidents.messages.messages import SEND, SentAlready, frozen, hold
from incidents.messages.shown import KEY as KEY
from incidents.messages.shown import Line, MessageView
from incidents.models import Incident, TimelineEvent
from notifications.models import Delivery, State

ABOUT = 60


@dataclass(frozen=True)
class Change:
    """A line that is in the text no more (`gone`), with why, or one that is new in it."""

    line: str
    gone: bool
    why: str = ""


class Changed(TooLate):
    """What would be sent is not what the sender read: nothing has left. `message` is how it stands now."""

    def __init__(self, incident: Incident, message: MessageView) -> None:
        super().__init__(incident, SEND)
        self.message = message

    @property
    def words(self) -> str:
        return _("The text has changed since you read it. Nothing was sent: read it again.")

    @property
    def faster(self) -> bool:
        return False


def letter(message: MessageView) -> Letter:
    return Letter(message.title, message.text, message.for_users)


def rooms(incident: Incident, message: MessageView) -> list[Room]:
    """Where it may go and how it reads there, with what went there in this round."""
    cause = about_of(incident, message)
    return letters.rooms(incident, letter(message), about=cause, key=KEY, told=letters.told(cause, KEY))


def send(
    incident: Incident, key: str, *, by: User, channels: Collection[int], seen: str, again: bool = False
) -> TimelineEvent:
    """`by` sends the message `key` to `channels` (their ids). `seen` is the digest of the text that `by` has read.

    `again`: knowing that it was sent; only channels that have not had it in this round get it. Raises SentAlready,
    Changed (a claim turned out otherwise meanwhile) or ValidationError, and then nothing is sent.
    """
    if not channels:
        raise ValidationError({"channels": _("Choose at least one channel.")})
    with transaction.atomic():
        message = hold(incident, key)
        _check(incident, message, again=again)
        to = letters.chosen(incident, letter(message), channels)
        cause = about_of(incident, message)
        had = {one.channel_id for one in letters.told(cause, KEY) if one.state != State.CANCELLED}
        fresh = [channel for channel in to if channel.pk not in had]
        if not fresh:
            raise ValidationError({"channels": _("Each of these has had it already.")})
        if seen != message.digest:
            raise Changed(incident, message)
        names = [channel.name for channel in fresh]
        data = {**frozen(message), "about": cause, "channels": names}
        if unreal := letters.unreal(incident):
            data["unsent"] = unreal
        event = perform(incident, SEND, by=by, text=", ".join(names), **data)
        letters.post(incident, letter(message), fresh, about=cause, key=KEY)
        crashpoint("verb.message")
        return event


def _check(incident: Incident, message: MessageView, *, again: bool) -> None:
    if words := letters.shut(incident):
        raise ValidationError(words)
    if message.state == "sent" and message.sent and not again:
        raise SentAlready(incident, message.sent)
    if not message.may_leave:
        raise ValidationError({"message": not_yet(message)})


def not_yet(message: MessageView) -> str:
    """Why Nightdesk does not send it at this moment; empty when it may."""
    if message.may_leave:
        return ""
    if message.state in ("later", "waits"):
        return _("It can be sent after “%(what)s”.") % {"what": message.waits_for}
    if message.state == "planned":
        return _("It is not due yet: what it says is not true before that.")
    return _("Nothing that has happened asks for it.")


def about_of(incident: Incident, message: MessageView) -> str:
    return about(incident.ref, message.key, message.cycle)


def about(ref: str, key: str, cycle: int) -> str:
    """The key of one round of one message of one incident: `INC-42/deployed.17`."""
    whole = f"{ref}/{key}.{cycle}"
    if len(whole) <= ABOUT:
        return whole
    return f"{ref}/{hashlib.sha256(key.encode()).hexdigest()[:12]}.{cycle}"


def changes(read: str, message: MessageView) -> list[Change]:
    """What is different from the text that somebody read, each line with why."""
    before, after = read.splitlines(), message.text.splitlines()
    lines = {line.text: line for line in message.lines}
    gone = [Change(text, True, _why(lines.get(text))) for text in before if text and text not in after]
    new = [Change(text, False, _why(lines.get(text))) for text in after if text not in before]
    return [*gone, *new]


def _why(line: Line | None) -> str:
    return line.finding.why if line and line.finding else ""


@dataclass(frozen=True)
class Standing:
    """How far a message has got: "sent 3 of 4", and what did not arrive."""

    deliveries: Sequence[Delivery]

    @property
    def sent(self) -> int:
        return sum(one.state == State.SENT for one in self.deliveries)

    @property
    def troubled(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.alarms]

    @property
    def skipped(self) -> bool:
        """Nothing left: a drill, or it was entered afterwards."""
        return bool(self.deliveries) and all(one.state == State.SKIPPED for one in self.deliveries)


def standings(incident: Incident, found: Sequence[MessageView]) -> dict[str, Standing]:
    """By the message's key, of those that Nightdesk has sent in their present round. One query, or none."""
    abouts = {about_of(incident, one): one.key for one in found if one.sent and one.sent.data.get("channels")}
    if not abouts:
        return {}
    rows: dict[str, list[Delivery]] = {}
    told = Delivery.objects.filter(about__in=abouts, key=KEY).select_related("channel").order_by("pk")
    for row in told:
        rows.setdefault(abouts[row.about], []).append(row)
    return {key: Standing(deliveries) for key, deliveries in rows.items()}
