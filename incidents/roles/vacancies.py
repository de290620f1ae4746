"""A needed role that nobody has: after a while it is asked for, once (K132–K135, K139, K140).

House times: five minutes where the severity wakes people, else thirty. `Incident.roles_due_at` is when to look next.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents import glance
from incidents.glance import assignments_of
from incidents.models import Incident, Mode, TimelineEvent
from incidents.telling import recipients, telling
from notifications import queue
from notifications.models import Delivery
from notifications.queue import Recipient
from products.process.roles import ProcessRole
from products.vocabulary import EventKind

WAKING, OTHERWISE = timedelta(minutes=5), timedelta(minutes=30)
# After these it is looked anew; what a role's own verbs change, they say themselves (`changed`).
FOLLOWED = frozenset({EventKind.DECLARED, EventKind.REOPENED, EventKind.SEVERITY_CHANGED})


@dataclass(frozen=True)
class Vacancy:
    """`place` is the role's place in the process, `due_at` when people are asked for it."""

    role: ProcessRole
    place: int
    since: datetime
    due_at: datetime


def vacancies(incident: Incident) -> list[Vacancy]:
    """The needed roles that nobody has, in the order of the process. What was entered afterwards needs nobody."""
    if not incident.is_open or incident.mode == Mode.RETROSPECTIVE:
        return []
    rows = [(row.role, row.until) for row in assignments_of(incident)]
    return _empty(incident, rows, recipients.opened_at(incident))


def _empty(incident: Incident, rows: list[tuple[str, datetime | None]], opened: datetime) -> list[Vacancy]:
    wait = WAKING if incident.severity.wake else OTHERWISE
    taken = {role for role, until in rows if until is None}
    found = []
    for place, role in enumerate(incident.process_version.roles()):
        if role.needed and role.key not in taken:
            since = max([opened, *(until for key, until in rows if key == role.key and until)])
            found.append(Vacancy(role, place, since, since + wait))
    return found


def overdue(incident: Incident, now: datetime) -> list[Vacancy]:
    """Those to be pointed out by now."""
    return [one for one in vacancies(incident) if one.due_at <= now]


def follow(incident: Incident, event: TimelineEvent) -> None:
    if event.kind == EventKind.DECLARED and incident.is_open and incident.mode != Mode.RETROSPECTIVE:
        _schedule(incident, _empty(incident, [], incident.declared_at))  # nobody can have one yet
    elif event.kind in FOLLOWED:
        _schedule(incident, vacancies(incident))


def changed(incident: Incident) -> None:
    """Somebody has taken a role or given it up: messages that ask for no empty role any more are moot."""
    empty = vacancies(incident)
    waiting = Delivery.objects.about(incident.ref).unsent().filter(key=telling.NEEDED)
    places = {one.place for one in empty}
    for about in set(waiting.values_list("about", flat=True)):
        if not places & _places(about):
            queue.cancel_about(about, reason=telling.taken_reason(), key=telling.NEEDED)
    _schedule(incident, empty)


def ask(incident: Incident, now: datetime) -> int:
    """Ask for what is due; returns for how many roles. For the sweep, with the incident held.

    Roles for which the same people are asked share one message.
    """
    empty = vacancies(incident)
    due = [one for one in empty if one.due_at <= now and not _asked(incident, one)]
    groups: dict[frozenset[str], tuple[list[Recipient], list[Vacancy]]] = {}
    for one in due:
        to = recipients.for_role(incident, one.role)
        groups.setdefault(frozenset(each.key for each in to), (to, []))[1].append(one)
    for to, asked in groups.values():
        telling.vacant(incident, _about(incident, asked), [one.role.label for one in asked], to)
    later = [one for one in empty if one.due_at > now]
    incident.put_down(roles_due_at=min((one.due_at for one in later), default=None))
    return len(due)


def _schedule(incident: Incident, empty: list[Vacancy]) -> None:
    now = glance.now(incident)
    waiting = [one.due_at for one in empty if one.due_at > now or not _asked(incident, one)]
    incident.put_down(roles_due_at=min(waiting, default=None))


def _about(incident: Incident, asked: Iterable[Vacancy]) -> str:
    """`INC-42/roles:5.1795250000`: which places of the process, as bits, empty since when."""
    asked = list(asked)
    bits = sum(1 << one.place for one in asked)
    return f"{incident.ref}/roles:{bits:x}.{int(max(one.since for one in asked).timestamp())}"


def _places(about: str) -> set[int]:
    bits = int(about.partition("/roles:")[2].partition(".")[0], 16)
    return {place for place in range(bits.bit_length()) if bits >> place & 1}


def _asked(incident: Incident, one: Vacancy) -> bool:
    told = Delivery.objects.about(incident.ref).filter(key=telling.NEEDED, created_at__gte=one.since)
    return any(one.place in _places(about) for about in set(told.values_list("about", flat=True)))
