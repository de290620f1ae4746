"""What ran out, in one incident whose row is held: marked and told, once."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.clocks import clocks, timing
from incidents.clocks.whose import whose
from incidents.models import Clock, Incident, TimelineEvent
from incidents.telling import escalation, recipients, reminders, telling
from incidents.timeline import timeline
from notifications.queue import Recipient
from products.vocabulary import ClockKey, EventKind


def fire(incident: Incident, *, until: datetime, now: datetime) -> int:
    """Breach the clocks that ran out at or before `until`, noticed `now`; returns how many.

    Called by the sweep, and by every verb before it stops a clock: a person who is faster than the sweep
    must not make a breach unseen.
    """
    known = timing.running(incident)
    due = [clock for clock in known if clock.is_ticking and clock.due_at and clock.due_at <= until]
    breach(incident, due, now)
    if due:
        reminders.refresh(incident, _("time ran out"))
    return len(due)


def breach(incident: Incident, due: Sequence[Clock], now: datetime) -> None:
    """Mark these clocks, which the caller holds, and tell each at its due moment."""
    if due:
        rows = Clock.objects.filter(pk__in=[clock.pk for clock in due])
        rows.update(breached_at=F("due_at"), noticed_at=now)
    for clock in due:
        clock.breached_at, clock.noticed_at = clock.due_at, now
        _record(incident, clock, now)


def _record(incident: Incident, clock: Clock, now: datetime) -> None:
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
    _tell(incident, event, clock)


def _tell(incident: Incident, event: TimelineEvent, clock: Clock) -> None:
    """A promise to everybody, whose it was and their deputy. A target's miss is only shown (K47: if possible), but the
    decision is asked of the deputy, and to acknowledge is asked whom the process names next."""
    if telling.known_only_late(incident, clock):
        return
    told: list[Recipient] = []
    if clock.is_promise:
        people = reminders.people_of(incident, whose(incident, clock), deputy=True)
        told = recipients.each_once([*recipients.everybody(incident), *people])
        telling.breach(incident, event, clock, told)
    if clock.key == ClockKey.ACKNOWLEDGED and not incident.acknowledged_at:
        escalation.ask(incident, [escalation.NEXT], telling.about(event), told={one.key for one in told})
    if clock.key == ClockKey.DECISION:
        _ask_deputy(incident, event, clock)


def _ask_deputy(incident: Incident, event: TimelineEvent, clock: Clock) -> None:
    """Who may decide instead; without one, who should have, and whoever leads."""
    found = whose(incident, clock)
    lead = [(incident.lead, _("Lead"))] if incident.lead else []
    asked = [found.deputy] if found.deputy else [*([found.holder] if found.holder else []), *lead]
    to = recipients.named(incident, asked) or recipients.people(incident)
    whom = f"{found.holder[0]} ({found.holder[1]})" if found.holder and found.deputy else ""
    path = reverse("decision_card", args=[incident.ref])
    telling.undecided(incident, event, to, whom=whom, took=clocks.span(clock.target_s or 0), path=path)
