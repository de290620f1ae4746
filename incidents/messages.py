"""What the process wants people to be told: the text filled in, when it is due, and that somebody has sent it.

A line that claims what cannot be shown is struck out and left out of the copy, unless a person vouches for it and says
why (K65–K77, C11, C17). Sending is done by people; what is recorded here is that they did.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from incidents import glance, placeholders, work
from incidents.claims import Claims, Finding
from incidents.lifecycle import Step, TooLate, perform
from incidents.models import OPEN, Incident, Status, TimelineEvent
from incidents.report import check_address, check_moment
from incidents.work import Work, role_label
from products.process.schema.base import seconds
from products.vocabulary import EventKind

# A follow-up may be due a day later, when the incident is closed.
SENT_IN = (*OPEN, Status.RESOLVED, Status.CLOSED)
SEND = Step(EventKind.MESSAGE_SENT, SENT_IN)
VOUCH = Step(EventKind.OVERRIDDEN, SENT_IN)


@dataclass(frozen=True)
class Line:
    """`vouched`: who takes responsibility for a claim that cannot be shown, and why."""

    text: str
    claim: str = ""
    finding: Finding | None = None
    vouched: TimelineEvent | None = None
    reason: str = ""

    @property
    def struck(self) -> bool:
        return self.finding is not None and not self.finding.shown and self.vouched is None


@dataclass(frozen=True)
class MessageView:
    """`state`: later (its event has not happened), waits (for `not_before`), planned, due or sent.

    `sent` is the last time, also when it has become due again since.
    """

    spec: dict[str, Any]
    state: str
    lines: list[Line]
    due_at: datetime | None = None
    late: bool = False
    sent: TimelineEvent | None = None
    where: str = ""
    holder: str = ""
    role_label: str = ""

    @property
    def key(self) -> str:
        return str(self.spec["key"])

    @property
    def title(self) -> str:
        return str(self.spec["title"])

    @property
    def text(self) -> str:
        """What is sent: the lines without those that are struck out."""
        return "\n".join(line.text for line in self.lines if not line.struck)

    @property
    def waits_for(self) -> str:
        word = self.spec["when"]["event" if self.state == "later" else "not_before"]
        return str(EventKind(word.partition(":")[0]).label)


class SentAlready(TooLate):
    """Somebody has sent it since it became due: `last` says who and where."""

    def __init__(self, incident: Incident, event: TimelineEvent) -> None:
        super().__init__(incident, SEND)
        self._event = event

    @property
    def last(self) -> TimelineEvent | None:
        return self._event


def messages(incident: Incident, known: Work | None = None, now: datetime | None = None) -> list[MessageView]:
    """In the order of the process, each as it stands now."""
    known, now = known or work.read(incident), now or glance.now(incident)
    specs = known.document.get("messages") or []
    if not specs:
        return []
    claims, values = Claims(known, now), placeholders.values(incident, now)
    return [_view(known, spec, claims, values, now) for spec in specs]


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
    """`by` has sent the message `key`; `text` says where, `url` shows it. `again`: knowing that it was sent already.

    What it said is kept with the event, and which claims were left out.
    """
    if not text.strip():
        raise ValidationError({"text": _("Say where you sent it.")})
    if url:
        check_address(url)
    check_moment(incident, at)
    with transaction.atomic():
        message = _hold(incident, key)
        if message.state == "sent" and message.sent and not again:
            raise SentAlready(incident, message.sent)
        data: dict[str, Any] = {"url": url} if url else {}
        data |= {"message": key, "title": message.title, "body": message.text, "again": bool(message.sent)}
        data["left_out"] = [line.text for line in message.lines if line.struck]
        return perform(incident, SEND, by=by, at=at, text=text.strip(), **data)


def vouch(
    incident: Incident, key: str, claim: str, *, by: User, reason: str, at: datetime | None = None
) -> TimelineEvent:
    """`by` says that a claim which cannot be shown is true all the same, and how they know."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say how you know.")})
    check_moment(incident, at)
    with transaction.atomic():
        message = _hold(incident, key)
        line = next((line for line in message.lines if line.claim == claim and line.struck), None)
        if line is None:
            raise ValidationError({"claim": _("This line needs nobody to vouch for it.")})
        return perform(
            incident, VOUCH, by=by, at=at, text=reason.strip(),
            message=key, title=message.title, claim=claim, line=line.text,
        )  # fmt: skip


def _hold(incident: Incident, key: str) -> MessageView:
    fresh = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    found = next((message for message in messages(fresh) if message.key == key), None)
    if found is None:
        keys = ", ".join(spec["key"] for spec in fresh.process_version.document.get("messages") or [])
        raise ValidationError({"message": _("The process has these messages: %(keys)s.") % {"keys": keys}})
    return found


def _view(
    known: Work, spec: dict[str, Any], claims: Claims, values: dict[str, str], now: datetime
) -> MessageView:
    trigger = known.story.holds(spec["when"]["event"])
    sent = known.story.last(f"{EventKind.MESSAGE_SENT}:{spec['key']}")
    state, due_at, late = _standing(known, spec["when"], trigger, now)
    if sent and (trigger is None or sent.seq > trigger.seq or sent.occurred_at >= trigger.occurred_at):
        state, late = "sent", False
    lines = [_line(known, spec["key"], line, claims, values, trigger) for line in spec["body"]]
    holder = known.holders.get(spec.get("role") or "", "")
    where = known.words(sent) if sent else ""
    role = role_label(known, spec.get("role") or "")
    return MessageView(spec, state, lines, due_at, late, sent, where, holder, role)


def _standing(
    known: Work, when: dict[str, Any], trigger: TimelineEvent | None, now: datetime
) -> tuple[str, datetime | None, bool]:
    """State, from when on it is due, and whether the time for it is over."""
    if trigger is None:
        return "later", None, False
    due_at = trigger.occurred_at + timedelta(seconds=seconds(when["delay"]) if when.get("delay") else 0)
    if when.get("not_before"):
        first = known.story.holds(when["not_before"])
        if first is None or first.occurred_at < trigger.occurred_at:
            return "waits", None, False
        due_at = max(due_at, first.occurred_at)
    late = bool(when.get("within")) and now > due_at + timedelta(seconds=seconds(when["within"]))
    return ("planned" if now < due_at else "due"), due_at, late


def _line(
    known: Work,
    key: str,
    spec: dict[str, Any],
    claims: Claims,
    values: dict[str, str],
    trigger: TimelineEvent | None,
) -> Line:
    text, claim = placeholders.put(spec["text"], values), spec.get("claim") or ""
    if not claim:
        return Line(text)
    vouched = next((e for e in reversed(known.story.events) if _vouches(e, key, claim, trigger)), None)
    finding = claims.judge(claim, _remedy(known, trigger))
    return Line(text, claim, finding, vouched, known.words(vouched) if vouched else "")


def _remedy(known: Work, trigger: TimelineEvent | None) -> str:
    """The remedy that a message speaks of ("HF-3"): that of its event, else the last that went out."""
    if trigger and trigger.subject:
        return trigger.subject
    out = known.story.last(EventKind.DEPLOYED, EventKind.ROLLED_BACK)
    return out.subject if out else ""


def _vouches(event: TimelineEvent, key: str, claim: str, trigger: TimelineEvent | None) -> bool:
    """For this round: what was vouched for before it was deployed again says nothing of the new deployment."""
    if event.kind != EventKind.OVERRIDDEN or (trigger and event.seq < trigger.seq):
        return False
    return (event.data.get("message"), event.data.get("claim")) == (key, claim)
