"""Breaches: what ran out is marked, told on the timeline, once, by whichever worker gets the row."""

from datetime import datetime

from django.db import transaction

from foundation import moment, rounds
from incidents import breaches, lifecycle
from incidents.models import Clock, Incident


def breach_due(limit: int = 100) -> int:
    """Fire up to `limit` due clocks; returns how many were breached. An incident that fails stops none of the others.

    Lock order is incident, then clock, as in every verb (DECISIONS.md 21): first ids without a lock, then each
    incident, skipping those that somebody holds.
    """
    due = Clock.objects.ticking().filter(due_at__lte=moment.now()).order_by("due_at")
    incidents = sorted(set(due.values_list("incident_id", flat=True)[:limit]))
    return rounds.each("breaches", incidents, _fire)


def next_due() -> datetime | None:
    """When the next clock runs out, for the ticker's sleep."""
    return Clock.objects.ticking().order_by("due_at").values_list("due_at", flat=True).first()


def _fire(pk: int) -> int:
    with transaction.atomic():
        held = Incident.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
            "product__team"
        )
        incident = held.filter(pk=pk).first()
        if incident is None:
            return 0
        now = moment.now()
        fired = breaches.fire(incident, until=now, now=now)
        if fired:
            lifecycle.announce(incident)
        return fired
