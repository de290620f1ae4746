"""Breaches: what ran out is marked, told on the timeline, once, by whichever worker gets the row."""

from datetime import datetime

from django.db import transaction

from foundation import moment
from incidents import clocks, lifecycle, timeline
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
            "product__team"
        )
        fired = 0
        for incident in held.filter(pk__in=incidents).order_by("pk"):
            fired += _fire(incident)
        return fired


def next_due() -> datetime | None:
    """When the next clock runs out, for the ticker's sleep."""
    return Clock.objects.ticking().order_by("due_at").values_list("due_at", flat=True).first()


def _fire(incident: Incident) -> int:
    now = moment.now()
    due = list(
        Clock.objects.select_for_update().ticking().filter(incident=incident, due_at__lte=now).order_by("pk")
    )
    for clock in due:
        clock.breached_at, clock.noticed_at = clock.due_at, now
        clock.save(update_fields=["breached_at", "noticed_at"])
        timeline.record(
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
    if due:
        lifecycle.announce(incident)
    return len(due)
