"""What is to be told, written in the transaction of the verb that causes it: nothing is told that did not happen."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from accounts.models import Team, User
from foundation import moment
from notifications import hours
from notifications.channels import inapp
from notifications.models import Audience, Channel, Delivery, Kind, State, Urgency
from notifications.routes import Route, own_channels, routes

TICK = "nightdesk_tick"
ACKNOWLEDGE, CANNOT = "acknowledge", "cannot"
# Written by people to be read as they stand: they go on their own and in their order, and no other says them too.
WHOLE = frozenset({"message", "update"})
# What people are told in words of their own, and what somebody owes them: not moot because an incident is over.
LASTING = frozenset({"message", "update", "owed", "owed_late"})


@dataclass(frozen=True)
class Recipient:
    """Exactly one of a person, an address and a channel; `label` says who that is, in words.

    `skip` is why this one is not told ("drill"): it stays on record. `only` are the routes to use, when not all.
    Without `may_act` it is only told: a link that says "you may not" helps nobody.
    """

    label: str
    user: User | None = None
    address: str = ""
    channel: Channel | None = None
    skip: str = ""
    only: frozenset[str] = frozenset()
    may_act: bool = True

    @property
    def key(self) -> str:
        if self.user:
            return f"user:{self.user.pk}"
        return f"channel:{self.channel.pk}" if self.channel else f"address:{self.address.lower()}"


@dataclass(frozen=True)
class Message:
    """`path` is the page, `offers` the verbs that become one-tap links for whoever they are bound to.

    What is not written for users never goes to a channel that they read. `over`: it asks nobody for anything.
    """

    subject: str
    body: str
    path: str = ""
    offers: Sequence[str] = field(default_factory=tuple)
    audience: Audience = Audience.INTERNAL
    over: bool = False


def tell(
    *,
    about: str,
    key: str,
    to: Iterable[Recipient],
    message: Message,
    team: Team,
    rank: int,
    wake: bool,
    now: datetime | None = None,
    own: Mapping[int, list[Channel]] | None = None,
) -> int:
    """Write a delivery for each way to each recipient; returns how many are new. For a verb, in its transaction.

    The same (about, recipient, way, key) is told once, however often this is called. A way that is not set up is
    recorded as skipped, with its reason, and stops nothing. `now`, and the people's `own` channels (routes.py), where
    the verb knows them.
    """
    now = now or moment.now()
    due = hours.due(now, team.time_zone, wake=wake)
    urgency = Urgency.WAITS if not wake else Urgency.OVER if message.over else Urgency.RINGS
    cause = _Cause(about, key, message, team, rank, urgency, now, due)
    to = list(to)
    own = own_channels(one.user for one in to if one.user) if own is None else own
    rows = [
        _row(recipient, way, cause)
        for recipient in to
        if _may_read(recipient, message)
        for way in routes(recipient.user, recipient.address, recipient.channel, own)
        if not recipient.only or way.route in recipient.only
    ]
    fresh = _insert(rows)
    for row in fresh:
        if row.route == Kind.INAPP and row.state == State.SENT and row.user_id:
            inapp.announce(row.user_id, row.subject, row.path)
    if any(row.state == State.PENDING for row in fresh):
        wake_sender()
    return len(fresh)


def _may_read(recipient: Recipient, message: Message) -> bool:
    channel = recipient.channel
    return channel is None or channel.audience == Audience.INTERNAL or message.audience == Audience.USERS


def _insert(rows: list[Delivery]) -> list[Delivery]:
    """Those that were not there yet: the unique constraint decides, also between two at once."""
    if not rows:
        return []
    query = InsertQuery(Delivery, on_conflict=OnConflict.IGNORE)
    columns = [column for column in Delivery._meta.concrete_fields if not column.primary_key]
    query.insert_values(columns, [*rows])
    found = query.get_compiler(connection=connection).execute_sql([Delivery._meta.get_field("uid")])
    mine = {uid for (uid,) in found}
    return [row for row in rows if row.uid in mine]


@dataclass(frozen=True)
class _Cause:
    about: str
    key: str
    message: Message
    team: Team
    rank: int
    urgency: Urgency
    now: datetime
    due: datetime


def _row(recipient: Recipient, way: Route, cause: _Cause) -> Delivery:
    skip = recipient.skip or way.unusable
    told = way.route == Kind.INAPP and not skip
    return Delivery(
        about=cause.about,
        key=cause.key,
        recipient=recipient.key,
        route=way.route,
        lane=way.lane,
        label=recipient.label[:200],
        team=cause.team,
        user=recipient.user,
        channel=way.channel,
        address=way.address,
        subject=_one_line(cause.message.subject),
        body=cause.message.body,
        path=cause.message.path,
        # A room has nobody whom a link could be bound to.
        offers=list(cause.message.offers) if recipient.may_act and not recipient.channel else [],
        asks=bool(way.channel and way.channel.key and recipient.channel)
        and ACKNOWLEDGE in cause.message.offers,
        rank=cause.rank,
        urgency=cause.urgency,
        state=State.SKIPPED if skip else State.SENT if told else State.PENDING,
        reason=skip[:500],
        due_at=cause.due,
        first_due_at=cause.due,
        sent_at=cause.now if told else None,
    )


def _one_line(subject: str) -> str:
    """Whatever somebody typed: it becomes a header."""
    return " ".join(subject.split())[:300]


def cancel(ref: str, *, reason: str, keys: Iterable[str] | None = None, of_people: bool = False) -> int:
    """What still waits about `INC-42`, or of it what has one of `keys`, is moot: it will not be sent. For a verb, in
    its transaction. Without `keys` what is LASTING stays; `of_people` leaves what goes to rooms and mailboxes."""
    moot = None if keys is None else list(keys)
    waiting = Delivery.objects.about(ref).unsent().order_by("pk").select_for_update(of=("self",))
    if of_people:
        waiting = waiting.exclude(user=None)
    rows = list(waiting.exclude(key__in=LASTING) if moot is None else waiting.filter(key__in=moot))
    if moot is not None:
        _put_down(rows, Q(key__in=moot))
    if not rows:
        return 0
    pks = [row.pk for row in rows]
    return Delivery.objects.filter(pk__in=pks).update(state=State.CANCELLED, reason=reason[:500])


def _put_down(carriers: list[Delivery], moot: Q) -> None:
    """What they carried and is not `moot` itself waits again, or is held again. One that is on its way may still say
    it (notifications/send.py): what it carried waits for that as long as its lease."""
    words = Delivery.objects.filter(carrier__in=carriers).exclude(moot)
    carrying = set(words.values_list("carrier", flat=True))
    for one in (carrier for carrier in carriers if carrier.pk in carrying):
        own = words.filter(carrier=one)
        if one.lease_until:
            own.filter(due_at__lt=one.lease_until).update(due_at=one.lease_until)
        own.update(state=one.state, reason=one.reason, carrier=None)
    if carrying:
        wake_sender()


def cancel_about(about: str, *, reason: str, key: str) -> int:
    """What still waits about exactly this, with this key, is moot: alone, or as words that another carries. For a
    verb, in its transaction."""
    mine = Delivery.objects.filter(about=about, key=key)
    rows = list(mine.unsent().order_by("pk").select_for_update(of=("self",)))
    _put_down(rows, Q(about=about, key=key))
    mine.filter(carrier__in=Delivery.objects.unsent()).update(carrier=None, reason=reason[:500])
    return mine.filter(pk__in=[row.pk for row in rows]).update(state=State.CANCELLED, reason=reason[:500])


def reword(about: str, message: Message, *, key: str) -> int:
    """What still waits about exactly this says it as it is now. For a verb, in its transaction."""
    waiting = Delivery.objects.filter(about=about, key=key).unsent()
    return waiting.update(subject=_one_line(message.subject), body=message.body)


def tell_after_all(about: str, message: Message, *, key: str, channels: Iterable[Channel]) -> int:
    """What was called back before it left goes to `channels` all the same, as it reads now. For a verb, in its
    transaction.

    It is another message by now: whoever is still sending the old words has lost it, and the other side must not take
    the new ones for a repeat of what may have arrived.
    """
    now = moment.now()
    mine = Delivery.objects.filter(about=about, key=key, channel__in=list(channels), state=State.CANCELLED)
    rows = list(mine.order_by("pk").select_for_update(of=("self",)))
    for row in rows:
        row.uid, row.lease_token, row.lease_until = uuid.uuid4(), None, None
        row.state, row.reason, row.due_at, row.first_due_at = State.PENDING, "", now, now
        row.refused_at, row.stuck_at, row.noted_at, row.unsure, row.created_at = None, None, None, False, now
        row.subject, row.body = _one_line(message.subject), message.body
        row.save()
    if rows:
        wake_sender()
    return len(rows)


def withdraw(ref: str, *, reason: str, key: str) -> int:
    """What did not arrive says what is not so any more: nobody sends it again as it was. For a verb, in its
    transaction."""
    dead = Delivery.objects.about(ref).filter(key=key, state=State.DEAD)
    return dead.update(state=State.CANCELLED, reason=reason[:500])


def waiting(ref: str) -> frozenset[str]:
    """The keys of what waits to be sent about `INC-42`, or is held."""
    return frozenset(Delivery.objects.about(ref).unsent().values_list("key", flat=True).distinct())


def reached(ref: str) -> list[Recipient]:
    """To whom something about `INC-42` was sent or may have been, by the routes that it took; users' channels not: what
    they hear is written for them.
    """
    told = Delivery.objects.about(ref).filter(Q(state=State.SENT) | Q(attempts__gt=0))
    told = told.exclude(channel__audience=Audience.USERS)
    rows = list(told.select_related("user", "channel").order_by("pk"))
    routes: dict[str, set[str]] = {}
    for row in rows:
        routes.setdefault(row.recipient, set()).add(row.route)
    first = {row.recipient: row for row in reversed(rows)}
    return [
        Recipient(
            first[key].label,
            user=first[key].user,
            address="" if first[key].user else first[key].address,
            channel=first[key].channel if key.startswith("channel:") else None,
            only=frozenset(taken),
        )
        for key, taken in routes.items()
    ]


def declined(ref: str, *, since: datetime) -> set[str]:
    """The recipients (their keys) who have said since then that they cannot take `INC-42`."""
    return declined_since({ref: since})[ref]


def declined_since(since: Mapping[str, datetime]) -> dict[str, set[str]]:
    """The same of several: per ref who has said so since the moment that `since` names for it. One query."""
    found: dict[str, set[str]] = {ref: set() for ref in since}
    if not since:
        return found
    about = Q()
    for ref in since:
        about |= Q(about__startswith=f"{ref}/")
    said = Delivery.objects.filter(about, answer=CANNOT)
    for one in said.only("about", "recipient", "answered_at"):
        if one.answered_at and one.answered_at >= since[one.ref]:
            found[one.ref].add(one.recipient)
    return found


def wake_sender() -> None:
    """Wakes every ticker at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [TICK])


def public(path: str) -> str:
    """The public address of a page."""
    return f"{settings.NIGHTDESK_URL}{path}" if path else ""
