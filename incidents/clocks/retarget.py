"""Another severity has other limits: clocks that run go on under them."""

from collections.abc import Mapping
from datetime import datetime

from incidents.clocks import clocks
from incidents.clocks.starts import calendar_of
from incidents.clocks.timing import new_run, running, set_warning
from incidents.glance import RUNNING, know
from incidents.models import Clock, Incident, TimelineEvent
from products.models import Severity

# What it changes.
LIMITS = ("severity", "target", "target_s", "calendar", "due_at", "due_set_at", "warn_at", "limits_before")


def retarget(incident: Incident, severity: Severity, now: datetime, *, since: datetime | None = None) -> None:
    """Put every running clock under `severity`, which holds `since` then, or from now on.

    A breach that no longer holds stays on record; its clock goes on as the next cycle.
    """
    rules = {rule.key: rule for rule in incident.process_version.clocks()}
    known, over, changed = running(incident), list[Clock](), list[Clock]()
    limits: dict[int, list[object]] = {}
    for clock in known:
        target = severity.target(clock.key)
        if (clock.severity, clock.target) == (severity.label, target.text()):
            continue  # the change itself has started it
        before = [*clock.limits_before, [(since or now).isoformat(), clock.severity, clock.target]]
        _shown, forgiven = clocks.retarget(clock.run, target.seconds, now)
        if forgiven and clock.key in rules:
            limits[clock.pk] = before
            over.append(clock)
            continue
        clock.limits_before = before
        clock.severity, clock.target, clock.target_s = severity.label, target.text(), target.seconds
        clock.calendar = calendar_of(incident, severity, clock.key)
        clock.due_at, clock.due_set_at = clocks.due_at(clock.run), now
        set_warning(clock)
        changed.append(clock)
    if changed:  # they are there: this is one statement for all of them
        Clock.objects.bulk_create(changed, update_conflicts=True, unique_fields=["pk"], update_fields=LIMITS)
    if over:
        again = _again(incident, severity, over, limits, now)
        know(incident, RUNNING, [*known, *again])


def _again(
    incident: Incident,
    severity: Severity,
    over: list[Clock],
    limits: Mapping[int, list[object]],
    now: datetime,
) -> list[Clock]:
    """Ends the runs that are `over`; their clocks go on as the next cycle, after these `limits` (by primary key)."""
    Clock.objects.filter(pk__in=[clock.pk for clock in over]).update(cancelled_at=now)
    rules = {rule.key: rule for rule in incident.process_version.clocks()}
    began = TimelineEvent.objects.only("kind", "incident_id").in_bulk(
        {clock.started_by_id for clock in over if clock.started_by_id}
    )
    runs = []
    for clock in over:
        clock.cancelled_at = now
        runs.append(
            new_run(
                incident,
                rules[clock.key],
                severity,
                cycle=clock.cycle + 1,
                started_at=clock.started_at,
                started_by=began.get(clock.started_by_id or 0),
                due_set_at=now,
                subject=clock.subject,
                pauses=clock.pauses,
                limits_before=limits[clock.pk],
            )
        )
    return Clock.objects.bulk_create(runs)
