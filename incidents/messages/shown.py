"""What the process wants people to be told, as it stands: the text filled in, when it is due, whose it is (K65–K77).

A line that claims what cannot be shown is struck out and left out of the copy, unless a person vouches for it and says
why. Only who reads the lines has the claims judged.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import cached_property

from accounts.models import User
from incidents import glance
from incidents.lifecycle import setbacks
from incidents.messages import placeholders
from incidents.messages.claims import Claims, Finding
from incidents.models import OPEN, Incident, Status, TimelineEvent
from incidents.roles import owners
from incidents.work import verdicts, work
from incidents.work.work import Work, role_label
from notifications.models import Delivery, State
from products.process.schema.base import seconds
from products.vocabulary import EventKind

# A follow-up may be due a day later, when the incident is closed.
SENT_IN = (*OPEN, Status.RESOLVED, Status.CLOSED)
# A message whose process does not say `within` is late after this (house).
LATE_AFTER = timedelta(minutes=30)
# Of deliveries that carry a message.
KEY = "message"
# After these what waits to be sent says what is not so any more.
SETBACKS = frozenset({
    EventKind.DEPLOY_FAILED, EventKind.SMOKE_FAILED, EventKind.ROLLED_BACK, EventKind.TAKEN_BACK,
    EventKind.WATCH_FAILED, EventKind.REGRESSED, EventKind.REOPENED,
})  # fmt: skip

# What a reopening takes back.
OVER = frozenset({
    EventKind.MITIGATED, EventKind.RESOLVED, EventKind.CLOSED, EventKind.DECLINED, EventKind.DEFERRED,
})  # fmt: skip


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

    `trigger` is the event that asks for it; its number is the cycle: a new deployment asks anew. `sent` is the last
    time, also when it has become due again since; `called_back`: it never left. `holder` has the role, or
    stands in for it (`stands_in`).
    """

    spec: dict[str, Any]
    state: str
    write: Callable[[], list[Line]] = field(repr=False, compare=False)
    trigger: TimelineEvent | None = None
    due_at: datetime | None = None
    late_at: datetime | None = None
    late: bool = False
    sent: TimelineEvent | None = None
    called_back: bool = False
    where: str = ""
    holder: str = ""
    role_label: str = ""
    stands_in: str = ""
    find_owner: Callable[[], User | None] = field(default=lambda: None, repr=False, compare=False)

    @cached_property
    def owner(self) -> User | None:
        """Who is reminded of it: the holder, a deputy, who is listed for the role, or the lead."""
        return self.find_owner()

    @cached_property
    def lines(self) -> list[Line]:
        return self.write()

    @property
    def key(self) -> str:
        return str(self.spec["key"])

    @property
    def title(self) -> str:
        return str(self.spec["title"])

    @property
    def for_users(self) -> bool:
        return bool(self.spec.get("audience") == "users")

    @property
    def cycle(self) -> int:
        return self.trigger.seq if self.trigger else 0

    @property
    def may_leave(self) -> bool:
        """Nightdesk sends it only when it is due; before that it would say what has not happened (C11)."""
        return self.state in ("due", "sent") and self.trigger is not None

    @property
    def text(self) -> str:
        """What is sent: the lines without those that are struck out."""
        return "\n".join(line.text for line in self.lines if not line.struck)

    @property
    def digest(self) -> str:
        return digest(self.text)

    @property
    def waits_for(self) -> str:
        word = self.spec["when"]["event" if self.state == "later" else "not_before"]
        return str(EventKind(word.partition(":")[0]).label)


def digest(text: str) -> str:
    """sha256 of a text as it is sent; line ends as browsers write them count as ours."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()


def messages(incident: Incident, known: Work | None = None, now: datetime | None = None) -> list[MessageView]:
    """In the order of the process, each as it stands now."""
    known, now = known or work.read(incident), now or glance.now(incident)
    specs = known.document.get("messages") or []
    if not specs:
        return []
    values: dict[str, str] = {}

    def filled() -> dict[str, str]:
        # A hotfix knows its own names better: once it is out, the version after what runs is the next one's.
        values.update(values or {**placeholders.values(incident, now), **verdicts.of(incident).names})
        return values

    claims = Claims(known, now)
    return [_view(known, spec, claims, filled, now) for spec in specs]


def events_asked(document: dict[str, Any]) -> set[str]:
    """The kinds of events that messages of a process wait for."""
    whens = [spec["when"] for spec in document.get("messages") or []]
    words = [word for when in whens for word in (when["event"], when.get("not_before")) if word]
    return {word.partition(":")[0] for word in words}


def _view(
    known: Work, spec: dict[str, Any], claims: Claims, values: Callable[[], dict[str, str]], now: datetime
) -> MessageView:
    trigger = _asked_for(known, spec["when"]["event"])
    sent = known.story.last(f"{EventKind.MESSAGE_SENT}:{spec['key']}")
    state, due_at, late_at = _standing(known, spec["when"], trigger, now)
    mine = sent and (trigger is None or sent.seq > trigger.seq or known.at(sent) >= known.at(trigger))
    back = bool(sent and mine and called_back(known, sent))
    if mine and not back:
        state, late_at = "sent", None
    holder, stands_in = _holder(known, spec.get("role") or "")
    return MessageView(
        spec,
        state,
        lambda: [_line(known, spec["key"], line, claims, values(), trigger) for line in spec["body"]],
        trigger=trigger,
        due_at=due_at,
        late_at=late_at,
        late=late_at is not None and now > late_at,
        sent=sent,
        called_back=back,
        where=known.words(sent) if sent else "",
        holder=holder,
        role_label=role_label(known, spec.get("role") or ""),
        stands_in=stands_in,
        find_owner=lambda: owners.owner(known.incident, spec.get("role") or ""),
    )


def _asked_for(known: Work, word: str) -> TimelineEvent | None:
    """The event that asks for it; none once it is not so any more: nobody is told that it is over when it came back."""
    event = known.story.holds(word)
    back = known.story.last(EventKind.REOPENED) if event and event.kind in OVER else None
    return None if event and back and back.seq > event.seq else event


def called_back(known: Work, sent: TimelineEvent) -> bool:
    """A setback came before any channel had it, so that nobody has been told (incidents/messages/obligations.py)."""
    about = sent.data.get("about")
    if not about or not any(event.seq > sent.seq and event.kind in SETBACKS for event in known.story.events):
        return False
    return not Delivery.objects.filter(about=about, key=KEY).exclude(state=State.CANCELLED).exists()


def _standing(
    known: Work, when: dict[str, Any], trigger: TimelineEvent | None, now: datetime
) -> tuple[str, datetime | None, datetime | None]:
    """State, from when on it is due, and from when on it is late."""
    if trigger is None:
        return "later", None, None
    began = known.at(trigger)
    due_at = began + timedelta(seconds=seconds(when["delay"]) if when.get("delay") else 0)
    if when.get("not_before"):
        first = known.story.holds(when["not_before"])
        if first is None or known.at(first) < began:
            return "waits", None, None
        due_at = max(due_at, known.at(first))
    grace = timedelta(seconds=seconds(when["within"])) if when.get("within") else LATE_AFTER
    return ("planned" if now < due_at else "due"), due_at, due_at + grace


def _holder(known: Work, role: str) -> tuple[str, str]:
    """Who has it; else who has one of its deputy roles, and which that is."""
    if role in known.holders:
        return known.holders[role], ""
    roles = {one["key"]: one for one in known.document.get("roles") or []}
    for deputy in roles.get(role, {}).get("deputies") or []:
        if deputy in known.holders:
            return known.holders[deputy], str(roles[deputy]["label"])
    return "", ""


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
    after = _round_began(known, trigger)
    vouched = next((e for e in reversed(known.story.events) if _vouches(e, key, claim, after)), None)
    finding = claims.judge(claim, _remedy(known, trigger))
    return Line(text, claim, finding, vouched, known.words(vouched) if vouched else "")


def _remedy(known: Work, trigger: TimelineEvent | None) -> str:
    """The remedy that a message speaks of ("HF-3"): that of its event, else the last that went out."""
    if trigger and trigger.subject:
        return trigger.subject
    out = known.story.last(EventKind.DEPLOYED, EventKind.ROLLED_BACK)
    return out.subject if out else ""


def _round_began(known: Work, trigger: TimelineEvent | None) -> int:
    """What was vouched for before it was deployed again, or before it failed, says nothing of what is so now."""
    worse = known.story.last(*setbacks.ANSWERED_BY, EventKind.REOPENED)
    return max(trigger.seq if trigger else 0, worse.seq if worse else 0)


def _vouches(event: TimelineEvent, key: str, claim: str, after: int) -> bool:
    if event.kind != EventKind.OVERRIDDEN or event.seq < after:
        return False
    return (event.data.get("message"), event.data.get("claim")) == (key, claim)
