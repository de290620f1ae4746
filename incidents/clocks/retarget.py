"""Another severity has other limits: clocks that run go on under them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from incidents.clocks import clocks
from incidents.clocks.starts import calendar_of
from incidents.clocks.timing import new_run, running, set_warning
from incidents.glance import RUNNING, know
from incidents.models import Clock, Incident, TimelineEvent
from products.models import Severity

_LIMITS = """
UPDATE incidents_clock SET severity = %(severity)s, due_set_at = %(now)s, target = new.target,
    target_s = new.target_s, calendar = new.calendar::jsonb, due_at = new.due_at, warn_at = new.warn_at,
    limits_before = new.limits_before::jsonb
FROM unnest(%(id)s::bigint[], %(target)s::text[], %(target_s)s::int[], %(calendar)s::text[],
            %(due_at)s::timestamptz[], %(warn_at)s::timestamptz[], %(limits_before)s::text[])
     AS new (id, target, target_s, calendar, due_at, warn_at, limits_before)
WHERE incidents_clock.id = new.id"""


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
    _write(changed, severity, now)
    if over:
        again = _again(incident, severity, over, limits, now)
        know(incident, RUNNING, [*known, *again])


def _write(changed: list[Clock], severity: Severity, now: datetime) -> None:
    """The new limits of all of them by one statement."""
    if not changed:
        return
    same = ("id", "target", "target_s", "due_at", "warn_at")
    columns: dict[str, list[Any]] = {name: [getattr(clock, name) for clock in changed] for name in same}
    columns["calendar"] = [clock.calendar and json.dumps(clock.calendar) for clock in changed]
    columns["limits_before"] = [json.dumps(clock.limits_before) for clock in changed]
    with connection.cursor() as cursor:
        cursor.execute(_LIMITS, {"severity": severity.label, "now": now, **columns})


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
