"""Closing: the last word on what is resolved, which a clock may hold back (A34, K98: watch long enough)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from incidents import glance
from incidents.clocks.clocks import span
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import Clock, Incident, Status, TimelineEvent
from products.vocabulary import EventKind, Verb

CLOSE = Step(EventKind.CLOSED, (Status.RESOLVED,), Status.CLOSED)


class Held(ValidationError):
    """Not yet: a clock holds it. The API answers 409 with the sentence."""


@dataclass(frozen=True)
class Hold:
    """A clock that keeps the verb waiting; `until` is None where only a person can end it."""

    clock: Clock
    until: datetime | None
    sentence: str


def close(incident: Incident, *, by: User, text: str = "", at: datetime | None = None) -> TimelineEvent:
    """Nothing is left to watch. Raises Held with each clock that waits, and until when."""
    with transaction.atomic():
        # Held before the clocks are read: one that starts at the same moment holds too.
        held = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        if held.status not in CLOSE.sources:
            incident.read_again()
            raise TooLate(incident, CLOSE)
        waiting = holds(incident, moment.now())
        if waiting:
            raise Held([hold.sentence for hold in waiting])
        return perform(incident, CLOSE, by=by, at=at, text=text)


def holds(incident: Incident, now: datetime, verb: str = Verb.CLOSE) -> list[Hold]:
    """The clocks that keep `verb` waiting at `now`: of each clock its last run counts."""
    last: dict[tuple[str, str], Clock] = {}
    for clock in glance.clocks_of(incident):
        last[clock.subject, clock.key] = clock
    waiting = [clock for clock in last.values() if verb in clock.holds and _waits(clock, now)]
    return [_hold(incident, clock, now) for clock in waiting if not _taken_back(incident, clock, last)]


def _waits(clock: Clock, now: datetime) -> bool:
    if clock.cancelled_at or clock.waived_at:
        return False
    # What had to be waited out and was not stays open; a limit asks only that the thing was done.
    return clock.reading(now).state != "met" and (clock.at_least or clock.stopped_at is None)


def _taken_back(incident: Incident, clock: Clock, last: dict[tuple[str, str], Clock]) -> bool:
    """What it waited for runs no more: a rollback since then brought something else back, which has its own clock."""
    if not clock.at_least or clock.stopped_at is None:
        return False
    rows = incident.events.filter(kind=EventKind.ROLLED_BACK, occurred_at__gte=clock.stopped_at)
    return any(
        event.subject != clock.subject
        and (event.subject, clock.key) in last
        and clock.subject in ("", event.data.get("takes_back"))
        and not event.data.get("halted")
        for event in rows.select_related("payload")
    )


def _hold(incident: Incident, clock: Clock, now: datetime) -> Hold:
    reading = clock.reading(now)
    over = reading.due_at is not None and now >= reading.due_at
    until = reading.due_at if clock.at_least and not clock.stopped_at and not over else None
    words = {"clock": f"{clock.label} ({clock.subject})" if clock.subject else clock.label}
    if reading.state == "paused":
        said = _("“%(clock)s” is paused. Resume it, or waive it with a reason.") % words
    elif until:
        zone = ZoneInfo(incident.product.team.time_zone)
        words |= {
            "left": span((until - now).total_seconds()),
            "at": f"{until.astimezone(zone):%d %b %H:%M %Z}",
        }
        said = (
            _("“%(clock)s” is not over: %(left)s to go, until %(at)s. Wait, or waive it with a reason.")
            % words
        )
    elif clock.at_least and not clock.stopped_at:
        said = _(
            "“%(clock)s” has run for its time, but not all of it was watched. See the watch, or waive it with a reason."
        )
        said %= words
    elif clock.at_least:
        said = _("“%(clock)s” was ended too early. Watch again, or waive it with a reason.") % words
    else:
        said = _("“%(clock)s” still runs. Do what it asks for, or waive it with a reason.") % words
    return Hold(clock, until, said)
