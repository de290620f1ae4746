"""What time brings by itself: breaches, reminders, who is asked next. Once, by whichever worker gets the row."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Value

from foundation import moment, rounds
from foundation.crash import crashpoint
from incidents import glance
from incidents.clocks import breaches
from incidents.lifecycle import lifecycle
from incidents.messages import obligations, rhythm
from incidents.models import Clock, Incident, Obligation
from incidents.roles import vacancies
from incidents.telling import escalation, reminders, unreached
from live import bus


def breach_due(limit: int = 100) -> int:
    """Fire up to `limit` due clocks; returns how many were breached. An incident that fails stops none of the others.

    Lock order is incident, then clock, as in every verb: first ids without a lock, then each incident, skipping those
    that somebody holds.
    """
    due = Clock.objects.in_time().ticking().filter(due_at__lte=moment.now()).order_by("due_at")
    incidents = sorted(set(due.values_list("incident_id", flat=True)[:limit]))
    return rounds.each("breaches", incidents, _fire)


def next_due() -> datetime | None:
    """When the next clock runs out, for the ticker's sleep."""
    return Clock.objects.in_time().ticking().order_by("due_at").values_list("due_at", flat=True).first()


def warn_due(limit: int = 100) -> int:
    """Remind people of the clocks that came to a stage (stages.STAGES), once each; returns how many clocks did."""
    due = Clock.objects.in_time().to_warn().filter(warn_at__lte=moment.now()).order_by("warn_at")
    return rounds.each("warnings", sorted(set(due.values_list("incident_id", flat=True)[:limit])), _warn)


def next_warning() -> datetime | None:
    return Clock.objects.in_time().to_warn().order_by("warn_at").values_list("warn_at", flat=True).first()


def escalate_due(limit: int = 100) -> int:
    """Ask the next ones to acknowledge, where no clock says when; returns how many rungs that were."""
    due = escalation.due(moment.now()).order_by("escalate_at")
    return rounds.each("escalations", sorted(due.values_list("pk", flat=True)[:limit]), _escalate)


def next_escalation() -> datetime | None:
    return escalation.waiting().order_by("escalate_at").values_list("escalate_at", flat=True).first()


def ask_due(limit: int = 100) -> int:
    """Ask for needed roles that nobody has taken; returns for how many."""
    due = Incident.objects.open().filter(roles_due_at__lte=moment.now()).order_by("roles_due_at")
    return rounds.each("vacancies", sorted(due.values_list("pk", flat=True)[:limit]), _ask)


def next_ask() -> datetime | None:
    waiting = Incident.objects.open().exclude(roles_due_at=None)
    return waiting.order_by("roles_due_at").values_list("roles_due_at", flat=True).first()


def seek_due(limit: int = 200) -> int:
    """Say whom a message that wakes has not reached, and ask the next ones where it reached nobody."""
    now = moment.now()
    return rounds.each("unreached", unreached.suspects(now)[:limit], partial(_seek, now))


def coming(pk: int) -> QuerySet[Any, tuple[str, datetime]]:
    """(one of JOBS, its moment) for all that time will bring to this one incident, in one query."""
    clocks, own = Clock.objects.filter(incident=pk), Incident.objects.open().filter(pk=pk)
    rows: dict[str, tuple[QuerySet[Any], str]] = {
        "breach": (clocks.ticking(), "due_at"),
        "warn": (clocks.to_warn(), "warn_at"),
        "escalate": (escalation.waiting().filter(pk=pk), "escalate_at"),
        "owe": (Obligation.objects.open().filter(incident=pk, look_at__isnull=False), "look_at"),
        "update": (own.filter(remind_at__isnull=False), "remind_at"),
        "ask": (own.filter(roles_due_at__isnull=False), "roles_due_at"),
    }
    first, *others = (found.values_list(Value(job), column) for job, (found, column) in rows.items())
    return first.union(*others, all=True)


def turn(pk: int, due: Collection[str]) -> None:
    """What of `coming` is due on this one incident: the part of the sweeps, where there is only one of them."""
    for name, job in JOBS.items():
        if name in due:
            job(pk)


def _held(pk: int) -> Incident | None:
    """The incident, locked; None while somebody else holds it."""
    free = Incident.objects.select_for_update(skip_locked=True, of=("self",))
    known = free.select_related("product__team", "severity", "process_version")
    return known.defer("process_version__text").filter(pk=pk).first()


def _warn(pk: int) -> int:
    with transaction.atomic():
        incident = _held(pk)
        if incident is None:
            return 0
        crashpoint("sweep.warning_claimed")
        now = moment.now()
        mine = Clock.objects.select_for_update().to_warn().filter(incident=incident, warn_at__lte=now)
        with glance.held(incident, now), bus.gathered():
            told = reminders.remind(incident, list(mine.order_by("pk")), now)
            if told:
                lifecycle.announce(incident)  # who is asked next is another now
        crashpoint("sweep.warning_told")
    crashpoint("sweep.warning_committed")
    return told


def _escalate(pk: int) -> int:
    with transaction.atomic():
        incident = _held(pk)
        if incident is None:
            return 0
        crashpoint("sweep.escalation_claimed")
        # Read under the lock: somebody may just have acknowledged.
        now = moment.now()
        with glance.held(incident, now), bus.gathered():
            asked = escalation.escalate(incident, now)
            if asked:
                lifecycle.announce(incident)
        crashpoint("sweep.escalation_told")
    return asked


def _ask(pk: int) -> int:
    with transaction.atomic():
        incident = _held(pk)
        if incident is None:
            return 0
        now = moment.now()
        with glance.held(incident, now), bus.gathered():
            asked = vacancies.ask(incident, now)
            if asked:
                lifecycle.announce(incident)
        return asked


def _seek(now: datetime, pk: int) -> int:
    with transaction.atomic():
        incident = _held(pk)
        if incident is None:
            return 0
        with glance.held(incident, moment.now()), bus.gathered():
            told = unreached.seek(incident, now)
            if told:
                lifecycle.announce(incident)
        return told


def _fire(pk: int) -> int:
    with transaction.atomic():
        incident = _held(pk)
        if incident is None:
            return 0
        crashpoint("sweep.claimed")
        now = moment.now()
        with glance.held(incident, now), bus.gathered():
            fired = breaches.fire(incident, until=now, now=now)
            if fired:
                lifecycle.announce(incident)
        crashpoint("sweep.marked")
    crashpoint("sweep.committed")
    return fired


# What time brings to one incident, in the order in which it is done.
JOBS = {
    "breach": _fire,
    "warn": _warn,
    "escalate": _escalate,
    "owe": obligations.remind,
    "update": rhythm.remind,
    "ask": _ask,
}
