"""Sending: claim with a lease, send without a transaction, mark only what is still ours (ASSURANCE.md §2).

At least once: a repeat happens only when a process dies between "accepted there" and "marked here", and then
carries the same key. Each lane (all mail; each other channel) has runners of its own, so that one that hangs
delays no other.
"""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connections, transaction
from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from foundation import moment
from foundation.crash import crashpoint
from foundation.secrets import SecretLost, unseal
from notifications import links
from notifications.channels import WAYS
from notifications.models import Attempt, Delivery, State
from notifications.parcel import Outcome, Parcel
from notifications.queue import public

LEASE = timedelta(seconds=90)
FIRST_REST_S, LONGEST_REST_S = 5, 300
PATIENCE = timedelta(hours=24)
RUNNERS_PER_LANE = 3
MOST_RUNNERS = 48

log = structlog.get_logger(__name__)
_lock = threading.Lock()
_running: Counter[str] = Counter()
_idle = threading.Condition(_lock)


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours until its lease ends."""

    delivery: Delivery
    token: uuid.UUID
    attempt: Attempt


def start_due() -> int:
    """See that every lane with something due has a runner; returns how many were started. Never waits."""
    started = 0
    for lane in due_lanes():
        for _n in range(_count_due(lane)):
            if not _enlist(lane):
                break
            threading.Thread(target=_run, args=(lane,), name=f"send {lane}", daemon=True).start()
            started += 1
    return started


def next_due() -> datetime | None:
    """When the ticker should look again; what the runners of this process are busy with does not count."""
    if _running.total() >= MOST_RUNNERS:
        return None
    full = [lane for lane, count in _running.items() if count >= RUNNERS_PER_LANE]
    waiting = Delivery.objects.waiting().exclude(lane__in=full)
    when = Greatest("due_at", Coalesce("lease_until", "due_at"))
    found: datetime | None = waiting.aggregate(first=Min(when))["first"]
    return found


def due_lanes() -> list[str]:
    return list(_due().order_by("lane").values_list("lane", flat=True).distinct())


def drain(lane: str | None = None) -> int:
    """Send everything that is due, here and now, one after another; returns how many attempts were made."""
    made = 0
    for each in [lane] if lane else due_lanes():
        while claimed := claim(each):
            deliver(claimed)
            made += 1
    return made


def wait(seconds: float = 60) -> bool:
    """Until no runner of this process is left; False when that takes longer."""
    with _idle:
        return _idle.wait_for(lambda: not +_running, timeout=seconds)


def claim(lane: str) -> Claim | None:
    """The most severe, then the newest of what is due in that lane, leased to the caller."""
    with transaction.atomic():
        found = (
            _due()
            .filter(lane=lane)
            .order_by("rank", "-id")
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("channel", "user", "team")
            .first()
        )
        return _lease(found) if found else None


def claim_this(delivery: Delivery) -> Claim | None:
    """That one, if it waits and nobody else has it."""
    with transaction.atomic():
        locked = _due().filter(pk=delivery.pk).select_for_update(skip_locked=True, of=("self",))
        found = locked.select_related("channel", "user", "team").first()
        return _lease(found) if found else None


def deliver(claimed: Claim, *, before_network: Callable[[], None] | None = None) -> Outcome:
    """Send what was claimed and mark it, if the lease is still ours."""
    crashpoint("send.claimed")
    try:
        parcel = _parcel(claimed.delivery)
        way = WAYS[claimed.delivery.kind]
        if before_network:
            before_network()
        outcome = way.send(parcel)
    except SecretLost:
        outcome = Outcome("dead", _("Its secret cannot be opened any more: enter it again."))
    except Exception as error:  # a mistake of ours must not take the message with it
        log.exception("send.failed", delivery=claimed.delivery.pk)
        outcome = Outcome("retry", _("Nightdesk itself failed: %(error)s") % {"error": type(error).__name__})
    crashpoint("send.after_http")
    _settle(claimed, outcome)
    return outcome


def rest(attempts: int) -> timedelta:
    """How long after the n-th failure: 5 s, 10 s, 20 s … 5 min."""
    return timedelta(seconds=min(FIRST_REST_S * 2 ** (attempts - 1), LONGEST_REST_S))


def _due() -> QuerySet[Delivery]:
    now = moment.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    return Delivery.objects.waiting().filter(free, due_at__lte=now)


def _count_due(lane: str) -> int:
    return _due().filter(lane=lane)[:RUNNERS_PER_LANE].count()


def _lease(delivery: Delivery) -> Claim:
    now = moment.now()
    delivery.lease_token, delivery.lease_until = uuid.uuid4(), now + LEASE
    delivery.attempts += 1
    delivery.save(update_fields=["lease_token", "lease_until", "attempts"])
    attempt = Attempt.objects.create(delivery=delivery, number=delivery.attempts, started_at=now)
    return Claim(delivery, delivery.lease_token, attempt)


def _parcel(delivery: Delivery) -> Parcel:
    sealed = delivery.channel.sealed if delivery.channel else ""
    late = moment.now() - delivery.first_due_at
    body = delivery.body
    if late > timedelta(minutes=2):
        body += "\n" + _("Sent %(minutes)s min late.") % {"minutes": int(late.total_seconds() // 60)}
    return Parcel(
        uid=str(delivery.uid),
        about=delivery.about,
        key=delivery.key,
        subject=delivery.subject,
        body=body,
        rank=delivery.rank,
        at=delivery.created_at,
        url=public(delivery.path),
        links=links.make(delivery),
        address=delivery.address,
        config=json.loads(unseal(sealed)) if sealed else {},
    )


def _settle(claimed: Claim, outcome: Outcome) -> None:
    delivery = claimed.delivery
    mine = Delivery.objects.filter(pk=delivery.pk, lease_token=claimed.token)
    with transaction.atomic():
        now = moment.now()
        Attempt.objects.filter(pk=claimed.attempt.pk).update(
            ended_at=now, outcome=outcome.result, detail=outcome.detail[:500]
        )
        free = {"lease_until": None, "lease_token": None, "reason": outcome.detail[:500]}
        if outcome.result == "sent":
            # Also one that became moot meanwhile: it did arrive.
            mine.update(state=State.SENT, sent_at=now, **free)
        elif outcome.result == "dead" or now + rest(delivery.attempts) > delivery.first_due_at + PATIENCE:
            mine.filter(state=State.PENDING).update(state=State.DEAD, **free)
        else:
            mine.filter(state=State.PENDING).update(due_at=now + rest(delivery.attempts), **free)


def _enlist(lane: str) -> bool:
    with _lock:
        if _running[lane] >= RUNNERS_PER_LANE or _running.total() >= MOST_RUNNERS:
            return False
        _running[lane] += 1
        return True


def _run(lane: str) -> None:
    """A runner: one after another, until its lane has nothing due."""
    try:
        while claimed := claim(lane):
            # No connection is held while the other side thinks.
            deliver(claimed, before_network=connections.close_all)
    except Exception:
        log.exception("send.runner_failed", lane=lane)
    finally:
        connections.close_all()
        with _idle:
            _running[lane] -= 1
            _idle.notify_all()
