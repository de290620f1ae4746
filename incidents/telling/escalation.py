"""Who is asked to acknowledge, in which order and when, while nobody has: first level (K132–K136).

First the contacts again, then a deputy, then the next person whom the process names. The clock to acknowledge says
when: at its 75 and 90 % and at its end. Without one, 5, 10 and 15 minutes after the opening where the severity wakes
people (house times). `plan` is pure; incidents/telling/ladder.py reads who stands where.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from incidents import glance
from incidents.clocks.clocks import span
from incidents.models import Clock, Incident, Mode, TimelineEvent
from incidents.telling import ladder, recipients, telling
from incidents.telling.ladder import Asked, Ladder
from notifications import hours
from notifications.queue import Recipient
from products.vocabulary import ClockKey, EventKind

# The stage of the clock at which each rung is asked; 100 is its end.
STAGES = (75, 90, 100)
HOUSE = (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15))
CONTACTS, DEPUTY, NEXT = range(3)
# After these it is looked anew whether a clock says when.
FOLLOWED = frozenset({EventKind.DECLARED, EventKind.REOPENED, EventKind.SEVERITY_CHANGED})
NAMED = 2


@dataclass(frozen=True)
class Next:
    """`who` is asked at `at` because they are `why`; `level` is the rung. `users`: empty for the contacts and for all
    who respond, whom only the moment itself knows."""

    who: str
    at: datetime
    why: str
    level: int
    users: tuple[User, ...] = ()

    @property
    def text(self) -> str:
        """`Lee (deputy Release Engineer)`."""
        return f"{self.who} ({self.why})" if self.users and self.why else self.who


def plan(
    steps: Ladder, at: Sequence[datetime], *, out: Collection[str] = (), zone: str, wake: bool
) -> list[Next]:
    """Whom each of the three moments asks, in order. Pure.

    `out` are those (their keys) who said that they cannot; nobody is asked in two places. A rung on which nobody is
    left asks nobody, but the last one then asks everybody who responds. What wakes nobody is told in the morning.
    """
    when = [hours.due(each, zone, wake=wake) for each in at]
    contacts = [one for one in steps.contacts if one.key not in out]
    taken = {*out, *(one.key for one in contacts)}
    found = []
    if contacts:
        found.append(Next(_names(contacts), when[CONTACTS], _("contacts"), CONTACTS))
    if deputy := _first(steps.deputies, taken) or _first(steps.deputies, set(out)):
        found.append(Next(deputy.who, when[DEPUTY], deputy.why, DEPUTY, _users(deputy)))
        taken.add(deputy.key)
    if other := _first(steps.others, taken):
        found.append(Next(other.who, when[NEXT], other.why, NEXT, _users(other)))
    else:
        found.append(Next(steps.everybody, when[NEXT], _("nobody else is named"), NEXT))
    return found


def next_to_wake(incident: Incident, now: datetime, *, out: Collection[str] | None = None) -> Next | None:
    """Who is asked next, unless somebody acknowledges; None once somebody has, and where nobody is asked in earnest.

    `out` where the caller knows already who cannot.
    """
    if not _waits(incident) or incident.mode != Mode.LIVE:
        return None
    at = moments(incident)
    done = _asked_already(incident) if at else set()
    # A rung that was asked is not asked again, although under a milder limit its moment is still to come.
    left = (
        (one for one in _plan(incident, at, out) if one.level not in done or at[one.level] <= now)
        if at
        else ()
    )
    return next((one for one in left if one.at > now), None)


def moments(incident: Incident) -> list[datetime]:
    """When each rung is asked; none while the clock to acknowledge is paused or waived, or nobody is to be woken."""
    if clock := _clock(incident):
        at = [clock.stage_at(stage) for stage in STAGES] if clock.run.ended_at is None else []
        return [each for each in at if each] if all(at) else []
    return _house(incident)


def _clock(incident: Incident) -> Clock | None:
    """The run that says when; none where the severity gives no limit, and after a reopening: it begins no more."""
    run = glance.last_run(incident, ClockKey.ACKNOWLEDGED)
    last = run if run and run.target_s is not None else None
    ended = last.run.ended_at if last else None
    return None if ended and ended <= recipients.opened_at(incident) else last


def _asked_already(incident: Incident) -> set[int]:
    """The rungs whose time has come once."""
    if clock := _clock(incident):
        reached = 100 if clock.breached_at else clock.warned
        return {level for level, stage in enumerate(STAGES) if stage <= reached}
    return set(range(incident.escalated))


def follow(incident: Incident, event: TimelineEvent) -> None:
    """Where no clock says when: put down when the next rung is asked."""
    if event.kind in FOLLOWED and _waits(incident):
        again = event.kind == EventKind.REOPENED
        _schedule(incident, glance.now(incident), 0 if again else incident.escalated)


def due(now: datetime) -> QuerySet[Incident]:
    return waiting().filter(escalate_at__lte=now)


def waiting() -> QuerySet[Incident]:
    """Those of which somebody is asked at house times, and not yet all."""
    return Incident.objects.open().filter(acknowledged_at=None, escalate_at__isnull=False)


def escalate(incident: Incident, now: datetime) -> int:
    """Ask the rung whose time has come: only the last one, when several came before anybody looked."""
    at = _house(incident)
    asked = incident.escalated
    come = [level for level, each in enumerate(at) if each <= now and level >= asked]
    if come and _waits(incident):
        opened = int(recipients.opened_at(incident).timestamp())
        ask(incident, come, f"{incident.ref}/asked.{opened}.{come[-1]}")
        asked = come[-1] + 1
    _schedule(incident, now, asked)
    return len(come)


def ask(
    incident: Incident, levels: Collection[int], about: str, *, told: Collection[str] = (), why: str = ""
) -> bool:
    """Ask the last of the rungs `levels` on which somebody is left; `about` is the message's key, so it is once.

    `told` are those (their keys) who hear of it just now by another message; `why` is said instead of how long nobody
    has acknowledged. False where nobody is left.
    """
    now = glance.now(incident)
    at = [now] * len(STAGES)
    one = next((each for each in reversed(_plan(incident, at, None)) if each.level in levels), None)
    if one is None:
        return False
    waited = span((now - recipients.opened_at(incident)).total_seconds())
    as_what = one.why if one.users else ""
    to = [each for each in _recipients(incident, one) if each.key not in told]
    telling.asked_next(incident, about, to, as_what=as_what, waited=waited, why=why)
    return bool(to)


def _recipients(incident: Incident, one: Next) -> list[Recipient]:
    if one.users:
        return recipients.named(incident, [(user, one.why) for user in one.users])
    out = recipients.declined(incident)
    if one.level == CONTACTS:
        return [each for each in recipients.people(incident) if each.key not in out]
    return [each for each in recipients.all_hands(incident, but="") if each.key not in out]


def _plan(incident: Incident, at: Sequence[datetime], out: Collection[str] | None) -> list[Next]:
    cannot = recipients.declined(incident) if out is None else out
    zone = incident.product.team.time_zone
    return plan(ladder.read(incident), at, out=cannot, zone=zone, wake=incident.severity.wake)


def _waits(incident: Incident) -> bool:
    return incident.is_open and incident.acknowledged_at is None and incident.mode != Mode.RETROSPECTIVE


def _house(incident: Incident) -> list[datetime]:
    if _clock(incident) or not incident.severity.wake:
        return []
    opened = recipients.opened_at(incident)
    return [opened + rest for rest in HOUSE]


def _schedule(incident: Incident, now: datetime, asked: int) -> None:
    """When the next one is asked; `asked` of the rungs have been. One whose time had come before anybody could have
    known is left out: whoever opened it has just told them."""
    later = [each for level, each in enumerate(_house(incident)) if level >= asked and each > now]
    due = min(later, default=None)
    incident.put_down(escalate_at=due, escalated=asked)


def _first(rung: Sequence[Asked], taken: Collection[str]) -> Asked | None:
    return next((one for one in rung if one.key not in taken), None)


def _users(one: Asked) -> tuple[User, ...]:
    return (one.user,) if one.user else ()


def _names(rung: Sequence[Asked]) -> str:
    """`Ada (Release Engineer), Ben (DevOps) and 3 more`."""
    shown = ", ".join(one.who_and_why for one in rung[:NAMED])
    return ladder.and_more(shown, len(rung) - NAMED) if len(rung) > NAMED else shown
