"""How long a message is tried, with which rests, and from when on people hear that it is."""

from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q

from notifications.models import Delivery, Urgency
from notifications.parcel import Outcome

FIRST_REST_S, LONGEST_REST_S = 5, 300
FIRST_DOUBT_S, LONGEST_DOUBT_S = 30, 3600
# Whoever asks us to come later is heard, up to here.
LONGEST_ASKED_S = 900
PATIENCE = timedelta(hours=24)
# A mail server that says "never" is mostly right, and sometimes only set up wrong for a while.
PATIENCE_WITH_REFUSALS = timedelta(hours=1)
# What may have been delivered goes twice more, no oftener: a portal in front may be gone by then, and a room that has
# it reads it three times (docs/decisions/0010-a-web-page-is-no-answer.md).
UNSURE_RESTS = (timedelta(minutes=1), timedelta(minutes=10))
# Whoever is to be woken, and any other message: what comes later than that is said on the pages while it is tried. A
# server that starts anew takes seconds.
STUCK_RINGING, STUCK = timedelta(minutes=2), timedelta(minutes=15)


def rest(attempts: int) -> timedelta:
    """How long after the n-th failure: 5 s, 10 s, 20 s … 5 min."""
    return timedelta(seconds=min(FIRST_REST_S * 2 ** min(attempts - 1, 20), LONGEST_REST_S))


def rest_of_doubt(attempts: int) -> timedelta:
    """The same where each may have arrived: 30 s, 1 min, 2 min … 1 h, which is seven times in the first hour."""
    return timedelta(seconds=min(FIRST_DOUBT_S * 2 ** min(attempts - 1, 20), LONGEST_DOUBT_S))


def asked(outcome: Outcome) -> timedelta:
    return timedelta(seconds=min(outcome.rest_s, LONGEST_ASKED_S))


def again(delivery: Delivery, outcome: Outcome, now: datetime) -> datetime | None:
    """When it is tried again; None: never."""
    if outcome.result == "dead":
        return None
    if outcome.result != "unsure":
        grown = rest_of_doubt(delivery.attempts) if outcome.maybe else rest(delivery.attempts)
        return now + max(grown, asked(outcome))
    # Since a person sent it again, if one did: before that nobody had refused it.
    times = delivery.tries.filter(outcome="unsure", ended_at__gte=delivery.refused_at or now).count()
    return now + UNSURE_RESTS[times - 1] if times <= len(UNSURE_RESTS) else None


def given_up_at(delivery: Delivery, refused_at: datetime | None) -> datetime:
    limit = delivery.first_due_at + PATIENCE
    return min(limit, refused_at + PATIENCE_WITH_REFUSALS) if refused_at else limit


def of_people(urgency: int) -> timedelta:
    """How late it may be before it is said."""
    return STUCK_RINGING if urgency == Urgency.RINGS else STUCK


def too_late(at: datetime) -> Q:
    """The same of many that come at that moment."""
    return reduce(or_, (Q(urgency=one, first_due_at__lt=at - of_people(one)) for one in Urgency))
