"""Breaches: what ran out is marked, told on the timeline, once, by whichever worker gets the row."""

from datetime import datetime

from django.db import transaction

from foundation import moment
from incidents import clocks, lifecycle, telling, timeline
from incidents.models import Clock, Incident
from products.vocabulary import EventKind


def breach_due(limit: int = 100) -> int:
    """Fire up to `limit` incidents' due clocks; returns how many clocks were breached.

    Lock order is incident, then clock, as in every verb (DECISIONS.md 21): first ids without a lock, then
    their incidents, skipping those that somebody holds.
    """
    due = (
        Clock.objects.ticking()
        .filter(due_at__lte=moment.now())
        .order_by("due_at")
        .values_list("incident_id", flat=True)[:limit]
    )
    incidents = sorted(set(due))
    if not incidents:
        return 0
    with transaction.atomic():
        held = Incident.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
            "product__team", "severity"
        )
        fired = 0
        for incident in held.filter(pk__in=incidents).order_by("pk"):
            fired += _fire(incident)
        return fired


def next_due() -> datetime | None:
    """When the next clock runs out, for the ticker's sleep."""
    return Clock.objects.ticking().order_by("due_at").values_list("due_at", flat=True).first()


def warn_due(limit: int = 100) -> int:
    """Tell people once that three quarters of a response clock are gone; returns how many clocks that were."""
    due = Clock.objects.to_warn().filter(warn_at__lte=moment.now()).order_by("warn_at")
    incidents = sorted(set(due.values_list("incident_id", flat=True)[:limit]))
    if not incidents:
        return 0
    with transaction.atomic():
        held = Incident.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
            "product__team", "severity"
        )
        return sum(_warn(incident) for incident in held.filter(pk__in=incidents).order_by("pk"))


def next_warning() -> datetime | None:
    return Clock.objects.to_warn().order_by("warn_at").values_list("warn_at", flat=True).first()


def _warn(incident: Incident) -> int:
    now = moment.now()
    mine = Clock.objects.select_for_update().to_warn().filter(incident=incident, warn_at__lte=now)
    due = list(mine.order_by("pk"))
    for clock in due:
        clock.warned_at = now
        clock.save(update_fields=["warned_at"])
        # What has run out meanwhile is told as a breach.
        if clock.due_at and clock.due_at > now and not clock.breached_at:
            telling.warn(incident, clock)
    return len(due)


def _fire(incident: Incident) -> int:
    now = moment.now()
    due = list(
        Clock.objects.select_for_update().ticking().filter(incident=incident, due_at__lte=now).order_by("pk")
    )
    for clock in due:
        clock.breached_at, clock.noticed_at = clock.due_at, now
        clock.save(update_fields=["breached_at", "noticed_at"])
        event = timeline.record(
            incident,
            EventKind.CLOCK_BREACHED,
            by=None,
            at=clock.due_at or now,
            source="clock",
            subject=clock.subject,
            clock=clock.label,
            key=clock.key,
            cycle=clock.cycle,
            target=clock.target,
            severity=clock.severity,
            noticed_late_s=clocks.noticed_late_s(clock.run),
        )
        telling.breach(incident, event, clock)
    if due:
        lifecycle.announce(incident)
    return len(due)
