"""Telling people by hand, recorded, and vouching for what cannot be shown (K65–K77, C11, C17). What Nightdesk itself
sends is incidents/messages/sending.py's.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.messages.shown import SENT_IN as SENT_IN
from incidents.messages.shown import Line as Line
from incidents.messages.shown import MessageView as MessageView
from incidents.messages.shown import messages as messages
from incidents.models import Incident, TimelineEvent
from incidents.work.report import check_address, check_moment
from products.vocabulary import EventKind

SEND = Step(EventKind.MESSAGE_SENT, SENT_IN)
VOUCH = Step(EventKind.OVERRIDDEN, SENT_IN)


class SentAlready(TooLate):
    """Somebody has sent it since it became due: `last` says who and where."""

    def __init__(self, incident: Incident, event: TimelineEvent) -> None:
        super().__init__(incident, SEND)
        self._event = event

    @property
    def last(self) -> TimelineEvent | None:
        return self._event


def send_message(
    incident: Incident,
    key: str,
    *,
    by: User,
    text: str,
    url: str = "",
    again: bool = False,
    at: datetime | None = None,
) -> TimelineEvent:
    """`by` has sent the message `key` by hand; `text` says where, `url` shows it. `again`: knowing that it was sent
    already.

    What it said is kept with the event, and what was found of each claim.
    """
    if not text.strip():
        raise ValidationError({"text": _("Say where you sent it.")})
    if url:
        check_address(url)
    check_moment(incident, at)
    with transaction.atomic():
        message = hold(incident, key)
        if message.state == "sent" and message.sent and not again:
            raise SentAlready(incident, message.sent)
        data: dict[str, Any] = {"url": url} if url else {}
        data |= frozen(message)
        return perform(incident, SEND, by=by, at=at, text=text.strip(), **data)


def frozen(message: MessageView) -> dict[str, Any]:
    """What an event keeps of a message that was sent: its words, what was left out, and why each claim stood or not."""
    return {
        "message": message.key,
        "title": message.title,
        "body": message.text,
        "digest": message.digest,
        "audience": message.spec.get("audience", "internal"),
        "cycle": message.cycle,
        "again": bool(message.sent),
        "left_out": [line.text for line in message.lines if line.struck],
        "claims": [_judged(line) for line in message.lines if line.finding],
    }


def _judged(line: Line) -> dict[str, Any]:
    found = line.finding
    assert found is not None
    kept: dict[str, Any] = {"line": line.text, "claim": line.claim, "shown": found.shown, "why": found.why}
    kept |= {"facts": dict(found.facts), "digest": found.digest}
    if line.vouched and not found.shown:
        kept["vouched"] = {"by": line.vouched.actor_label, "seq": line.vouched.seq}
    return kept


def vouch(
    incident: Incident, key: str, claim: str, *, by: User, reason: str, at: datetime | None = None
) -> TimelineEvent:
    """`by` says that a claim which cannot be shown is true all the same, and how they know."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say how you know.")})
    check_moment(incident, at)
    with transaction.atomic():
        message = hold(incident, key)
        line = next((line for line in message.lines if line.claim == claim and line.struck), None)
        if line is None:
            raise ValidationError({"claim": _("This line needs nobody to vouch for it.")})
        return perform(
            incident, VOUCH, by=by, at=at, text=reason.strip(),
            message=key, title=message.title, claim=claim, line=line.text,
        )  # fmt: skip


def hold(incident: Incident, key: str) -> MessageView:
    """The message as it stands while nobody else can change anything. ValidationError names those there are."""
    fresh = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    found = next((message for message in messages(fresh) if message.key == key), None)
    if found is None:
        keys = ", ".join(spec["key"] for spec in fresh.process_version.document.get("messages") or [])
        raise ValidationError({"message": _("The process has these messages: %(keys)s.") % {"keys": keys}})
    return found
