"""Whom no way out of the house has reached: somebody must know it while it still helps.

A person is told by all their ways at once. Where none of these has arrived within `WAIT`, the incident's page says who,
and so does one message to those who can do something: whoever declared it, the lead, the rooms, and the people whom
it did reach. Who has no way out at all (no address, no phone) is said at once. Where it reached nobody at all the next
rung is asked at once, not at its time (incidents/telling/escalation.py). Until somebody acknowledges; an open page is
no phone that rings.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from incidents.clocks.clocks import span
from incidents.models import Incident, Mode
from incidents.telling import escalation, ladder, notice, recipients
from incidents.telling.telling import UNREACHED
from notifications.channels import WAYS
from notifications.models import Channel, Delivery, Kind, State, Urgency
from notifications.queue import Recipient

WAIT = timedelta(minutes=3)
# Of what is older people have heard, and it stands on the pages.
LONGEST = timedelta(hours=2)
SHOWN = 5


@dataclass(frozen=True)
class Unreached:
    """Of one person, or of several for the same reason. `why` is what each way said; `first` the oldest of the
    messages, `maybe`: one of them may have arrived; `wayless`: there is no way that could be tried."""

    who: str
    key: str
    since: datetime
    why: str
    first: int
    maybe: bool = False
    wayless: bool = False


@dataclass(frozen=True)
class Reach:
    """Of all who were to be woken: whom it reached (their newest delivery), whom not, and of whom it is too early to
    say."""

    reached: tuple[Delivery, ...]
    unreached: tuple[Unreached, ...]
    open: bool


def of_page(incident: Incident, deliveries: Sequence[Delivery], now: datetime) -> list[Unreached]:
    """For its page, which has the deliveries at hand."""
    alarming = any(one.alarms or one.state == State.SKIPPED for one in deliveries)
    return _grouped(reach(incident, deliveries, now).unreached) if alarming and _wakes(incident) else []


def _grouped(found: Iterable[Unreached]) -> list[Unreached]:
    """Those who miss it for the same reason together: a mail server that is down is said once."""
    groups: dict[tuple[str, bool], list[Unreached]] = defaultdict(list)
    for one in found:
        groups[one.why, one.maybe].append(one)
    return [
        replace(rows[0], who=_names([one.who for one in rows]), since=min(one.since for one in rows))
        for rows in groups.values()
    ]


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return ladder.and_more(shown, len(names) - SHOWN) if len(names) > SHOWN else shown


def reach(incident: Incident, deliveries: Iterable[Delivery], now: datetime) -> Reach:
    opened = recipients.opened_at(incident)
    people: dict[str, list[Delivery]] = defaultdict(list)
    for one in sorted(deliveries, key=lambda one: one.pk):
        # Who hears of this is called as somebody who can help; a room is no person.
        if one.key == UNREACHED or one.recipient.startswith("channel:"):
            continue
        calls = one.urgency == Urgency.RINGS and one.state not in (State.CANCELLED, State.HELD)
        if calls and one.created_at >= opened:
            people[one.recipient].append(one)
    wayless = {key for key, rows in people.items() if _wayless(rows)}
    # Where there is neither mail nor any phone the settings say so, and rooms are all there is.
    silent = wayless and WAYS[Kind.EMAIL].unusable() and not _phones()
    told = {
        key: rows
        for key, rows in people.items()
        if (key in wayless and not silent) or any(map(_goes_out, rows))
    }
    reached = {key: rows[-1] for key, rows in told.items() if any(map(_arrived, rows))}
    missed = [_missed(rows, now) for key, rows in told.items() if key not in reached]
    return Reach(tuple(reached.values()), tuple(one for one in missed if one), None in missed)


def suspects(now: datetime) -> list[int]:
    """The primary keys of the incidents of which somebody may not have been reached."""
    late = Q(state=State.PENDING, first_due_at__lte=now - WAIT) | Q(state=State.DEAD, noted_at=None)
    wayless = Q(state=State.SKIPPED, route=Kind.EMAIL, user__isnull=False)
    if not WAYS[Kind.EMAIL].unusable():
        wayless &= Q(address="")
    people = Delivery.objects.filter(late | wayless, urgency=Urgency.RINGS, channel__team=None)
    recent = people.filter(first_due_at__gt=now - LONGEST)
    refs = {about.partition("/")[0] for about in recent.values_list("about", flat=True)}
    numbers = [int(ref[4:]) for ref in refs if ref.startswith("INC-") and ref[4:].isdigit()]
    waiting = Incident.objects.open().filter(number__in=numbers, acknowledged_at=None, mode=Mode.LIVE)
    return sorted(waiting.filter(severity__wake=True).values_list("pk", flat=True)) if numbers else []


def seek(incident: Incident, now: datetime) -> int:
    """Tell of those whom it has not reached, once each, with the incident held; returns how many messages that was.
    `now` is the moment of `suspects`: whoever is late after it is the next round's."""
    if not _wakes(incident):
        return 0
    rows = list(Delivery.objects.about(incident.ref).select_related("user"))
    found = reach(incident, rows, now)
    last = max((one.created_at for one in rows if one.key == UNREACHED), default=None)
    news = [one for one in found.unreached if last is None or one.since + WAIT > last]
    about = f"{incident.ref}/unreached.{len(news)}.{max((one.first for one in news), default=0)}"
    # Who was given up at once is late a while later, too.
    new = bool(news) and about not in {one.about for one in rows}
    said = new and _tell(incident, about, found, news, now)
    return said + (_ask_next(incident, found, now) if found.unreached else 0)


def _wakes(incident: Incident) -> bool:
    waits = incident.is_open and incident.acknowledged_at is None and incident.mode == Mode.LIVE
    return waits and incident.severity.wake


def _goes_out(one: Delivery) -> bool:
    return one.route != Kind.INAPP and one.state != State.SKIPPED


def _wayless(rows: list[Delivery]) -> bool:
    """Told in Nightdesk alone, for want of another way. Who is not to have it (no longer in the team, did it) is told
    nowhere; what was called off or is held is no row here: nothing is known of them then."""
    here = any(one.route == Kind.INAPP and one.state != State.SKIPPED for one in rows)
    out = [one for one in rows if one.route != Kind.INAPP]
    return here and bool(out) and not any(map(_goes_out, out))


def _phones() -> bool:
    """Whether anybody has a way of their own that needs no mail."""
    return Channel.objects.active().exclude(user=None).exclude(kind=Kind.EMAIL).exists()


def _arrived(one: Delivery) -> bool:
    return bool(one.answer) or (one.state == State.SENT and one.route != Kind.INAPP)


def _missed(rows: list[Delivery], now: datetime) -> Unreached | None:
    """None where it may still come in time."""
    out = [one for one in rows if one.route != Kind.INAPP]
    tried = [one for one in out if one.state != State.SKIPPED]
    since = min(one.first_due_at for one in tried or rows)
    if any(one.state == State.PENDING for one in tried) and now - since < WAIT:
        return None
    ways = {one.kind.label: one.reason or _("it has not left yet") for one in tried or out}
    why = " ".join(f"{kind}: {_sentence(said)}" for kind, said in ways.items())
    if not tried:
        why += " " + _("They have set up no phone either.")
    first, maybe = rows[0], any(one.unsure for one in tried)
    return Unreached(first.label, first.recipient, since, why, first.pk, maybe, wayless=not tried)


def _waited(since: datetime, now: datetime) -> str:
    seconds = (now - since).total_seconds()
    return span(seconds // 60 * 60 if seconds > 60 else seconds)


def _sentence(said: str) -> str:
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _tell(incident: Incident, about: str, found: Reach, news: list[Unreached], now: datetime) -> bool:
    lines = []
    for one in _grouped(news):
        words = _("Not reached: %(who)s.") if one.wayless else _("Not reached for %(time)s: %(who)s.")
        words = _("Perhaps not reached: %(who)s.") if one.maybe else words
        lines.append(f"{words % {'who': one.who, 'time': _waited(one.since, now)}} {one.why}")
    lines.append(_("Call them, or take it yourself."))
    headline = _("%(who)s not reached") % {"who": news[0].who} if len(news) == 1 else _("people not reached")
    to = _to(incident, found)
    notice.tell(incident, about, UNREACHED, to, headline, "\n".join(lines))
    return bool(to)


def _to(incident: Incident, found: Reach) -> list[Recipient]:
    missed = {one.key for one in found.unreached}
    users = [incident.declared_by, incident.lead, *(one.user for one in found.reached)]
    people = recipients.named(incident, [(user, "") for user in users if user])
    boxes = [Recipient(one.label, address=one.address) for one in found.reached if not one.user]
    everybody = recipients.each_once([*people, *boxes, *recipients.rooms(incident)])
    return [one for one in everybody if one.key not in missed]


def _ask_next(incident: Incident, found: Reach, now: datetime) -> int:
    """Nobody at all was reached: whoever is asked next need not wait for their time."""
    if found.reached or found.open:
        return 0
    since = min(one.since for one in found.unreached)
    first = min(one.first for one in found.unreached)
    for level in (escalation.DEPUTY, escalation.NEXT):
        about = f"{incident.ref}/instead.{first}.{level}"
        if Delivery.objects.filter(about=about).exists():
            continue
        why = _("Nobody who was told has been reached for %(time)s.")
        if all(one.wayless for one in found.unreached):
            why = _("Nobody who was told can be reached.")
        if escalation.ask(incident, [level], about, why=why % {"time": _waited(since, now)}):
            return 1
    return 0
