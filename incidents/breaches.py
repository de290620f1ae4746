"""What ran out, in one incident whose row is held: marked and told, once."""

from datetime import datetime

from incidents import clocks, telling, timeline
from incidents.models import Clock, Incident
from products.vocabulary import EventKind


def fire(incident: Incident, *, until: datetime, now: datetime) -> int:
    """Breach the clocks that ran out at or before `until`, noticed `now`; returns how many.

    Called by the sweep, and by every verb before it stops a clock: a person who is faster than the sweep
    must not make a breach unseen.
    """
    due = (
        Clock.objects.select_for_update()
        .ticking()
        .filter(incident=incident, due_at__lte=until)
        .order_by("pk")
    )
    return sum(breach(incident, clock, now) for clock in list(due))


def breach(incident: Incident, clock: Clock, now: datetime) -> int:
    """Mark one clock and tell it at its due moment."""
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
        told=clock.is_promise,
    )
    # A target's miss is only shown (K47: if possible).
    if clock.is_promise:
        telling.breach(incident, event, clock)
    return 1
