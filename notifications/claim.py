"""Taking a message to send: a lease on the worst and newest that is due, and with it what it makes superfluous.

After an outage several messages about one incident may wait for one person. The newest goes and says what the
others were; nobody's phone rings four times for one thing.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext_lazy as _

from foundation import moment
from notifications import addressee
from notifications.models import Attempt, Delivery, DeliveryQuerySet, Kind, State
from notifications.queue import WHOLE
from notifications.slack import threads

LEASE = timedelta(seconds=90)
# A message that its room will not take must not keep the others from it.
IN_ORDER_FOR = timedelta(hours=1)
TAKEN = ("channel", "user", "team")
_AS_READ: dict[str, Any] = {"read_at": moment.Read(), "carries": Value(True)}
# By hand: the ORM took three times as long to write this as PostgreSQL takes to answer. `beside`: there may be another
# about the same incident to the same recipient by the same way. `carries` is no EXISTS: of that PostgreSQL makes a hash
# of the whole table for the one row.
_NEXT = """
SELECT one.*, clock_timestamp() AS read_at,
       (SELECT true FROM notifications_delivery WHERE carrier_id = one.id LIMIT 1) AS carries,
       EXISTS (SELECT FROM notifications_delivery AS other
                WHERE other.state = 'pending' AND other.id <> one.id
                  AND other.recipient = one.recipient AND other.route = one.route
                  AND other.about ~>=~ (split_part(one.about, '/', 1) || '/')
                  AND other.about ~<~ (split_part(one.about, '/', 1) || '0')) AS beside
  FROM notifications_delivery AS one
 WHERE state = 'pending' AND lane = %s AND due_at <= statement_timestamp()
   AND (lease_until IS NULL OR lease_until < statement_timestamp())
 ORDER BY urgency, rank, id DESC LIMIT 1 FOR UPDATE OF one SKIP LOCKED"""
_LEASE = """
WITH mine AS (UPDATE notifications_delivery
                 SET lease_token = %s, lease_until = %s, attempts = %s, urgency = %s, rank = %s, reason = %s
               WHERE id = %s RETURNING id, attempts)
INSERT INTO notifications_attempt (delivery_id, number, started_at, outcome, detail)
SELECT id, attempts, %s, '', '' FROM mine RETURNING id"""
SAID_BY_THE_NEWER = _("The newer message says it too.")


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours until its lease ends. `why` is what the attempt before said; `carried` are older ones
    whose words go with it. `thread`: where its room has the incident already. `tried_at`: when it was tried first, if
    that was before."""

    delivery: Delivery
    token: uuid.UUID
    attempt: Attempt
    why: str = ""
    carried: list[Delivery] = field(default_factory=list)
    thread: str = ""
    tried_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """When the oldest of its words should have gone; one that a person sends again is as late as before."""
        due = min(one.first_due_at for one in (self.delivery, *self.carried))
        return min(due, self.tried_at) if self.tried_at else due


def due() -> DeliveryQuerySet:
    return free().filter(due_at__lte=Now())


def free() -> DeliveryQuerySet:
    """What waits and nobody is sending."""
    return Delivery.objects.waiting().filter(Q(lease_until=None) | Q(lease_until__lt=Now()))


def _locked(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    """With all that sending wants to know, and the moment at which it was read; without those that somebody holds.
    Whether they carry others is asked when they are leased."""
    held = rows.select_for_update(skip_locked=True, of=("self",)).select_related(*TAKEN)
    return held.annotate(**_AS_READ)


def claim(lane: str) -> Claim | None:
    """What rings before what only tells, then the most severe, then the newest of what is due in that lane, leased to
    the caller; what people wrote to be read as it stands, in the order in which they wrote it."""
    with transaction.atomic():
        while found := next(iter(Delivery.objects.raw(_NEXT, [lane])), None):
            if why := addressee.gone(found):
                Delivery.objects.filter(pk=found.pk).update(state=State.CANCELLED, reason=why[:500])
            elif mine := _in_turn(found) if found.key in WHOLE else _newest_of_its_kind(found):
                return _lease(mine)
        return None


def claim_this(delivery: Delivery) -> Claim | None:
    """That one, if it waits and nobody else has it."""
    with transaction.atomic():
        found = _locked(due().filter(pk=delivery.pk)).first()
        return _lease(found) if found else None


def _newest_of_its_kind(found: Delivery) -> Delivery:
    """The newest about the same incident to the same recipient by the same way; it carries the older ones."""
    if found.kind == Kind.WEBHOOK:
        # A program wants each event; only people want one message.
        return found
    if not found.beside:
        return found
    same = free().about(found.ref).filter(recipient=found.recipient, route=found.route).exclude(key__in=WHOLE)
    # What is planned for the morning neither goes tonight with what rings nor keeps it.
    same = same.filter(first_due_at__lte=found.read_at)
    together = list(_locked(same).order_by("pk"))
    if len(together) < 2:
        return found
    newest, older = together[-1], [one.pk for one in together[:-1]]
    moved = {"carrier": newest, "lease_until": None, "lease_token": None}
    Delivery.objects.filter(Q(pk__in=older) | Q(carrier__in=older)).update(
        state=State.CANCELLED, reason=SAID_BY_THE_NEWER, **moved
    )
    newest.rank = min(one.rank for one in together)
    newest.urgency = min(one.urgency for one in together)
    # What the others met is why this one is late.
    newest.reason = newest.reason or next((one.reason for one in reversed(together) if one.reason), "")
    return newest


def _in_turn(found: Delivery) -> Delivery | None:
    """The oldest about the same incident to the same recipient by the same way: read last, it would be taken for how it
    stands now. None: that one is on its way or rests, and `found` waits for it; not for ever."""
    now = moment.now()
    before = _written_beside(found).filter(pk__lt=found.pk, first_due_at__gt=now - IN_ORDER_FOR)
    first = before.order_by("pk").first()
    if first is None:
        return found
    if mine := _locked(due().filter(pk=first.pk)).first():
        return mine
    later = max(first.next_try, now + timedelta(seconds=1))
    Delivery.objects.filter(pk=found.pk).update(due_at=later)
    return None


def next_in_turn(delivery: Delivery) -> None:
    """It has left, or never will: what was written after it need not wait for it any more."""
    if delivery.key in WHOLE:
        now = moment.now()
        later = _written_beside(delivery).filter(pk__gt=delivery.pk, due_at__gt=now)
        # What is planned for the morning still is.
        later.update(due_at=Greatest("first_due_at", Value(now)))


def _written_beside(one: Delivery) -> DeliveryQuerySet:
    same = Delivery.objects.waiting().about(one.ref).filter(recipient=one.recipient, route=one.route)
    return same.filter(key__in=WHOLE)


def _lease(delivery: Delivery) -> Claim:
    """For a row that was just read by `_locked`."""
    now, why = delivery.read_at, delivery.reason
    delivery.lease_token, delivery.lease_until = uuid.uuid4(), now + LEASE
    delivery.attempts += 1
    # Sending asks the database for nothing more.
    _at_hand = delivery.channel, delivery.user, delivery.carries and delivery.team
    # What was called back and written anew (queue.tell_after_all) is another message.
    tries = delivery.tries.filter(started_at__gte=delivery.created_at).order_by("number")
    before = tries.first() if delivery.attempts > 1 else None
    attempt = _attempt(delivery)
    carried = list(Delivery.objects.filter(carrier=delivery).order_by("pk")) if delivery.carries else []
    thread = threads.thread_of(delivery)
    return Claim(
        delivery, delivery.lease_token, attempt, why, carried, thread, before.started_at if before else None
    )


def _attempt(delivery: Delivery) -> Attempt:
    one, now = delivery, delivery.read_at
    leased = [one.lease_token, one.lease_until, one.attempts, one.urgency, one.rank, one.reason, one.pk]
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, [*leased, now])
        (pk,) = cursor.fetchone()
    return Attempt(pk=pk, delivery=one, number=one.attempts, started_at=now)
