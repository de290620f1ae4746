"""Sending: claim with a lease, send without a transaction, mark only what is still ours.

At least once: a repeat happens only when a process dies between "accepted there" and "marked here", and then
carries the same key; a database that goes and comes back there makes none. `lanes` says how many may send at once,
`claim` what goes next.
"""

import json
import threading
import time
from datetime import datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.db.models import Case, Count, F, Max, Min, Q, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from foundation import heartbeat, moment
from foundation.crash import crashpoint
from foundation.secrets import SecretLost, unseal
from foundation.wedge import wedge
from network import mail
from network.locator import BadUrl
from notifications import patience, troubled, wording
from notifications.channels import WAYS
from notifications.claim import (
    LEASE,
    SAID_BY_THE_NEWER,
    Claim,
    claim,
    claim_this,
    due,
    free,
    next_in_turn,
)
from notifications.desk import Desk, Place
from notifications.lanes import MAIL, PER_LANE, Lanes
from notifications.models import Attempt, Delivery, DeliveryQuerySet, State
from notifications.parcel import Outcome
from notifications.patience import rest as rest
from notifications.slack import threads

__all__ = ["claim", "claim_this", "deliver", "drain", "due_lanes", "next_due", "rest", "start_due", "wait"]

MARK_AGAIN_S = 0.5
# No other side holds a send for longer than a mail server may.
LONGEST_SEND_S = mail.WHOLE_S

_SENT = """
WITH tried AS (UPDATE notifications_attempt SET ended_at = statement_timestamp(), outcome = 'sent', detail = %s
                WHERE id = %s)
UPDATE notifications_delivery
   SET state = 'sent', sent_at = statement_timestamp(), lease_until = NULL, lease_token = NULL, reason = %s
 WHERE id = %s AND lease_token = %s"""
log = structlog.get_logger(__name__)
lanes = Lanes()
_desk = Desk()


def start_due() -> int:
    """See that every lane with something due has runners, the worst first; returns how many started. Never waits."""
    started = 0
    waiting = (
        due()
        .values("lane")
        .annotate(n=Count("pk"), rings=Min("urgency"), worst=Min("rank"), newest=Max("pk"))
    )
    for lane, count in waiting.order_by("rings", "worst", "-newest").values_list("lane", "n"):
        for _n in range(min(count, max(MAIL, PER_LANE))):
            if not lanes.enlist(lane):
                break
            threading.Thread(target=_run, args=(lane,), name=f"send {lane}", daemon=True).start()
            started += 1
    return started


def next_due() -> datetime | None:
    """When the ticker should look again; what the runners of this process are busy with does not count."""
    full = lanes.full()
    if full is None:
        return None
    waiting = Delivery.objects.waiting().exclude(lane__in=full)
    when = Greatest("due_at", Coalesce("lease_until", "due_at"))
    found: datetime | None = waiting.aggregate(first=Min(when))["first"]
    return found


def due_lanes() -> list[str]:
    return list(due().order_by("lane").values_list("lane", flat=True).distinct())


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
    return lanes.wait(seconds)


def deliver(claimed: Claim) -> Outcome:
    """Send what was claimed and mark it, if the lease is still ours."""
    outcome = _try(claimed)
    _settle(claimed, outcome)
    return outcome


def _try(claimed: Claim) -> Outcome:
    """The network, and nothing of the database."""
    crashpoint("send.claimed")
    delivery = claimed.delivery
    try:
        sealed = delivery.channel.sealed if delivery.channel else ""
        config = json.loads(unseal(sealed)) if sealed else {}
        outcome = WAYS[delivery.kind].send(wording.parcel(claimed, config))
    except BadUrl as wrong:
        outcome = Outcome("dead", str(wrong))
    except SecretLost:
        outcome = Outcome("dead", _("Its secret cannot be opened any more: enter it again."))
    except Exception as error:  # a mistake of ours must not take the message with it
        log.exception("send.failed", delivery=delivery.pk)
        outcome = Outcome("retry", _("Nightdesk itself failed: %(error)s") % {"error": type(error).__name__})
    crashpoint("send.after_http")
    return outcome


def _settle(claimed: Claim, outcome: Outcome) -> None:
    _mark(claimed, outcome)
    crashpoint("send.marked")
    lane = claimed.delivery.lane
    works = outcome.result == "sent" or outcome.way_works
    if (outcome.result != "dead" or works) and lanes.heard(lane, works=works):
        _wake(lane)
    elif outcome.result == "retry" and outcome.rest_s > 0:
        _hold(lane, outcome)


def _wake(lane: str) -> None:
    """It takes messages again: what rests goes now, the worst and newest first, not as the rests happen to end; also
    what was held back before it was ever tried."""
    now = moment.now()
    _move(_begun(free(), now).filter(lane=lane), due_at=now)


def _hold(lane: str, outcome: Outcome) -> None:
    """Who asks to be left in peace means all of us: whoever is called on and on takes the longer. What is told from now
    on is tried once all the same, for it may matter more than all that waits; what is planned for later keeps its time.
    """
    now = moment.now()
    again = now + patience.asked(outcome)
    rests = _begun(free(), now).filter(lane=lane, due_at__lt=again)
    late = When(patience.too_late(again), stuck_at=None, then=Value(now))
    stuck = Case(late, default=F("stuck_at"))
    _move(rests, due_at=again, reason=outcome.detail[:500], stuck_at=stuck)


def _begun(rows: DeliveryQuerySet, now: datetime) -> DeliveryQuerySet:
    """Without what is planned for later, such as for the morning."""
    return rows.filter(Q(attempts__gt=0) | Q(first_due_at__lte=now))


def _move(rows: DeliveryQuerySet, **there: object) -> None:
    """A row that somebody else holds is theirs: whoever waits for one while holding others may wait for ever."""
    with transaction.atomic():
        held = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
        Delivery.objects.filter(pk__in=list(held.values_list("pk", flat=True))).update(**there)


def _mark(claimed: Claim, outcome: Outcome) -> None:
    with transaction.atomic():
        if outcome.result == "sent":
            _mark_arrived(claimed, outcome)
        else:
            _mark_failed(claimed, outcome)


def _mark_arrived(claimed: Claim, outcome: Outcome) -> None:
    """Also one that became moot meanwhile: it did arrive."""
    delivery = claimed.delivery
    if _mark_sent(claimed, outcome.detail[:500]):
        _said(claimed)
    next_in_turn(delivery)
    threads.keep(delivery, outcome)
    if delivery.refused_at or delivery.stuck_at:
        troubled.over(delivery)


def _mark_failed(claimed: Claim, outcome: Outcome) -> None:
    delivery, detail, now = claimed.delivery, outcome.detail[:500], moment.now()
    mine = Delivery.objects.filter(pk=delivery.pk, lease_token=claimed.token, state=State.PENDING)
    Attempt.objects.filter(pk=claimed.attempt.pk).update(ended_at=now, outcome=outcome.result, detail=detail)
    said: dict[str, Any] = {"lease_until": None, "lease_token": None, "reason": detail}
    refused_at = (delivery.refused_at or now) if outcome.result in ("refused", "unsure") else None
    if refused_at:
        said["refused_at"] = refused_at
    if outcome.maybe or outcome.result == "unsure":
        said["unsure"] = True
    again = patience.again(delivery, outcome, now)
    given_up = again is None or again > patience.given_up_at(delivery, refused_at)
    if again is None or given_up:
        said["state"] = State.DEAD
    else:
        said["due_at"] = again
        if not delivery.stuck_at and again > claimed.since + patience.of_people(delivery.urgency):
            said["stuck_at"] = now
    mine.update(**said)
    if given_up:
        next_in_turn(delivery)
    if given_up or "stuck_at" in said or (refused_at and not delivery.refused_at):
        troubled.begun(delivery)


def _mark_sent(claimed: Claim, detail: str) -> bool:
    """False where the lease was no longer ours."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [detail, claimed.attempt.pk, detail, claimed.delivery.pk, claimed.token])
        return bool(cursor.rowcount)


def _said(claimed: Claim) -> None:
    """What it carried went with it, also when it became moot on the way and they were to wait again."""
    if not claimed.carried:
        return
    carried = Delivery.objects.filter(pk__in=[one.pk for one in claimed.carried], carrier=None)
    carried.waiting().filter(lease_token=None).update(
        state=State.CANCELLED, reason=SAID_BY_THE_NEWER, carrier=claimed.delivery
    )


def _settle_at_last(claimed: Claim, outcome: Outcome) -> None:
    """It went out: a database that restarts just now must not make two of it. Until the lease is over for sure."""
    until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            _settle(claimed, outcome)
            return
        except (OperationalError, InterfaceError) as problem:
            connections.close_all()
            if time.monotonic() > until:
                raise
            log.warning("send.mark_again", delivery=claimed.delivery.pk, error=type(problem).__name__)
            heartbeat.beat("sender")
            time.sleep(MARK_AGAIN_S)


@heartbeat.working("sender")
def _run(lane: str) -> None:
    """A runner: one after another, until its lane has nothing due."""
    place = Place(_desk)
    try:
        with mail.line_kept():
            _send_on(lane, place)
    except Exception:
        log.exception("send.runner_failed", lane=lane)
    finally:
        place.leave()
        lanes.leave(lane)


def _send_on(lane: str, place: Place) -> None:
    took_s = float("inf")
    place.sit()
    while claimed := claim(lane):
        heartbeat.beat("sender")
        place.rise(took_s=took_s)
        wedge("sender")
        began = time.monotonic()
        heartbeat.allow("sender", LONGEST_SEND_S)
        outcome = _try(claimed)
        heartbeat.beat("sender")
        took_s = time.monotonic() - began
        wedge("sender")
        place.sit()
        _settle_at_last(claimed, outcome)
        heartbeat.beat("sender", 1)
