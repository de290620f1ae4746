"""Plays a script: every move by its real verb at its moment, and between them what time brings by itself."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Value
from django.utils.translation import gettext as _

from incidents.lifecycle import sweep
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Clock, Incident
from incidents.simulation import moves, world
from incidents.simulation.basis import Basis
from incidents.simulation.script import Move, Script
from incidents.simulation.stage import Stage, stage
from incidents.simulation.world import World
from notifications.channels import WAYS
from notifications.models import Delivery, Kind, State

# More wake-ups than a month of any process brings, in all of a play; a mistake must not turn for ever.
MOST_TURNS = 400
NO_REF = "INC-0"
LEAVE = "leave"
# So many play at once, and so many more wait for a seat: pages of real incidents need these threads too.
SEATS, WAITING, PATIENCE_S = 3, 2, 4.0

_seats = threading.BoundedSemaphore(SEATS)
_house = threading.BoundedSemaphore(SEATS + WAITING)


class Busy(Exception):
    """Too many simulations run just now."""


@dataclass(frozen=True)
class Refused:
    """A move that the verb did not do, and why."""

    move: Move
    words: str


@dataclass
class Played:
    """The incident as it stands, inside the stage: whatever is asked of it is asked of the database."""

    script: Script
    world: World
    incident: Incident
    stage: Stage
    refused: list[Refused] = field(default_factory=list)
    # The newest delivery that has the simulation's time.
    told: int = 0
    turns: int = 0

    @property
    def now(self) -> datetime:
        return self.stage.now

    def plain(self, text: str) -> str:
        """Its number is a made-up one of 18 digits: people read INC-0, which no incident has."""
        return text.replace(self.incident.ref, NO_REF).replace(self.incident.ref.lower(), NO_REF.lower())

    def fresh(self) -> Incident:
        """It, read again: also after a move that its verb refused halfway."""
        self.incident.read_again()
        return self.incident

    @property
    def deliveries(self) -> list[Delivery]:
        return list(
            Delivery.objects.about(self.incident.ref).select_related("user").order_by("created_at", "pk")
        )


def play[T](basis: Basis, script: Script, read: Callable[[Played], T]) -> T:
    """What `read` makes of it. When this returns nothing of it exists any more.

    ValidationError for a severity that the process does not have, Busy when too many play. A move that its verb
    refuses is told; the play goes on.
    """
    with _seat(), stage(script.start) as clock:
        played = _begin(basis, script, clock)
        for move in script.moves:
            advance(played, script.start + timedelta(seconds=move.at_s))
            act(played, move)
        advance(played, script.now)
        return read(played)


@contextmanager
def _seat() -> Iterator[None]:
    """A few at a time. Raises Busy at once where others wait already."""
    if not _house.acquire(blocking=False):
        raise Busy
    try:
        if not _seats.acquire(timeout=PATIENCE_S):
            raise Busy
        try:
            yield
        finally:
            _seats.release()
    finally:
        _house.release()


def _begin(basis: Basis, script: Script, clock: Stage) -> Played:
    cast = world.build(basis, script.zone)
    severity = cast.severity(script.severity) if script.severity else None
    if script.severity and severity is None:
        words = {"key": script.severity, "all": ", ".join(one.key for one in basis.severities)}
        raise ValidationError({"severity": _("The process has no severity “%(key)s”, only %(all)s.") % words})
    incident = declare(cast.product, by=cast.on_call, title=_("A made-up problem"), severity=severity)
    played = Played(script, cast, incident, clock)
    _send(played)
    return played


def act(played: Played, move: Move) -> None:
    """Do `move` now; what its verb refuses is kept with its reason."""
    try:
        with transaction.atomic():
            moves.do(played.fresh(), move.verb, move.of, played.world)
    except TooLate as late:
        played.refused.append(Refused(move, late.words or _("It is too late for this.")))
    except ValidationError as wrong:
        played.refused.append(Refused(move, " ".join(wrong.messages)))
    except PermissionDenied as denied:
        played.refused.append(Refused(move, str(denied)))
    _send(played)


def advance(played: Played, until: datetime) -> None:
    """The clock goes on to `until`; what is due on the way happens at its moment, as the ticker would do it."""
    while played.turns < MOST_TURNS:
        coming = _coming(played.incident)
        due = min((at for _job, at in coming), default=None)
        if due is None or due > until:
            break
        played.turns += 1
        played.stage.set(max(due, played.now))
        jobs = [job for job, at in coming if at <= played.now]
        sweep.turn(played.incident.pk, jobs)
        _send(played, leaving=LEAVE in jobs)
    if until > played.now:
        played.stage.set(until)


def _coming(incident: Incident) -> list[tuple[str, datetime]]:
    """What time will bring by itself, and the moments at which messages that waited for the morning leave."""
    waiting = Delivery.objects.about(incident.ref).waiting()
    return list(sweep.coming(incident.pk).union(waiting.values_list(Value(LEAVE), "due_at"), all=True))


def _send(played: Played, *, leaving: bool = False) -> None:
    """The sender's part: what is due leaves, of what was just written and, when `leaving`, of what waited. As if mail
    were set up here: it is the process that is tried."""
    told = Delivery.objects.about(played.incident.ref)
    fresh = list(told.filter(pk__gt=played.told).order_by("pk").values_list("pk", flat=True))
    if fresh:
        played.told = fresh[-1]
        # Their own clock: the column's default is PostgreSQL's.
        told.filter(pk__in=fresh).update(created_at=played.now)
        told.filter(pk__in=fresh, state=State.SKIPPED, reason=WAYS[Kind.EMAIL].unusable()).update(
            state=State.PENDING, reason=""
        )
    if fresh or leaving:
        told.waiting().filter(due_at__lte=played.now).update(state=State.SENT, sent_at=played.now)


def breaches(played: Played) -> list[Clock]:
    """The clocks that ran out, as they did."""
    rows = Clock.objects.filter(incident=played.incident, breached_at__isnull=False)
    return list(rows.order_by("breached_at", "pk"))
