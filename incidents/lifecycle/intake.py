"""What monitors saw becomes incidents: an outage opens one, recovery is noted in it and resolving is proposed.

Changes travel up as rows: claimed here, marked handled in the same transaction, so that a crash repeats
nothing and loses nothing.
"""

import time
from typing import Any

from django.db import IntegrityError, transaction

from foundation import moment, rounds
from foundation.crash import crashpoint
from incidents.lifecycle import lifecycle
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.timeline import timeline
from monitoring.models import StatusChange, Target
from monitoring.states import State
from products.vocabulary import EventKind

MONITOR = "monitor"


def take_in(limit: int = 200, *, seconds: float = 60.0) -> int:
    """Handle up to `limit` unhandled status changes, those of one target in the order they happened; returns how many.

    A target that cannot be handled, or is another worker's at this moment, holds back its own changes only. After
    `seconds` no other change is begun, once one was handled: in a storm breaches wait on the same thread.
    """
    handled, passed, until = 0, set[int](), time.monotonic() + seconds
    while handled < limit and (target := _waiting(passed)):
        if rounds.attempt("intake", target, _take):
            handled += 1
        else:
            passed.add(target)
        if handled and time.monotonic() >= until:
            break
    return handled


def _waiting(passed: set[int]) -> int | None:
    return (
        StatusChange.objects.unhandled()
        .exclude(target__in=passed)
        .values_list("target_id", flat=True)
        .first()
    )


def _take(target_id: int) -> int:
    """The oldest unhandled change of one target, whose row is held: two workers must not overtake each other."""
    with transaction.atomic():
        targets = Target.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        if not targets.filter(pk=target_id).exists():
            return 0
        change = (
            StatusChange.objects.unhandled()
            .filter(target=target_id)
            .select_related("target__monitor__product__team", "target__monitor__product__process")
            .first()
        )
        if change is None:
            return 0
        incident = _apply(change)
        change.handled_at = moment.now()
        change.outcome = incident.ref if incident else ""
        change.save(update_fields=["handled_at", "outcome"])
        crashpoint("probe.handled")
    crashpoint("probe.taken_in")
    return 1


def _apply(change: StatusChange) -> Incident | None:
    """Open, or write into, the incident that `change` concerns; None if it concerns none."""
    incident = Incident.objects.open().filter(target=change.target_id).select_for_update(of=("self",)).first()
    if change.state == State.DOWN:
        if incident is None:
            incident = _open(change)
            crashpoint("probe.incident_opened")
        if incident:
            _note(incident, change, EventKind.MONITOR_DOWN)
    elif incident and change.state in (State.UP, State.DEGRADED):
        # Only what was watched all along has a length; after a gap nobody knows when it came back.
        known = {"down_s": _down_s(change)} if change.was == State.DOWN else {"unwatched": True}
        _note(incident, change, EventKind.MONITOR_UP, **known)
    elif incident:
        _note(incident, change, EventKind.NOTED)
    return incident


def _open(change: StatusChange) -> Incident | None:
    monitor = change.target.monitor
    if not monitor.opens_incident or monitor.archived_at or monitor.product.archived_at:
        return None
    severity = (
        monitor.product.severities().filter(key__iexact=monitor.severity).first()
        if monitor.severity
        else None
    )
    try:
        with transaction.atomic():
            return declare(
                monitor.product,
                by=None,
                title=f"{name_of(change.target)} is down"[:200],
                severity=severity,
                detected_at=change.at,
                target=change.target,
                source=MONITOR,
                label=str(monitor),
            )
    except IntegrityError:
        # A person reopened the former incident of this target a moment ago: the database keeps one.
        return Incident.objects.open().get(target=change.target_id)


def _note(incident: Incident, change: StatusChange, kind: str, **data: Any) -> None:
    text = change.said if kind == EventKind.NOTED else ""
    timeline.record(
        incident,
        kind,
        by=None,
        at=change.at,
        text=text,
        source=MONITOR,
        label=str(change.target.monitor),
        name=name_of(change.target),
        monitor=change.target.monitor.slug,
        code=change.code,
        detail=change.said,
        change=change.pk,
        **data,
    )
    lifecycle.announce(incident)


def _down_s(change: StatusChange) -> float:
    last_down = (
        StatusChange.objects.filter(target=change.target_id, state=State.DOWN, pk__lt=change.pk)
        .order_by("-pk")
        .first()
    )
    return (change.at - last_down.at).total_seconds() if last_down else 0.0


def name_of(target: Target) -> str:
    """The target as people call it: the monitor's name, with the target's own where it has several."""
    return (
        f"{target.monitor.name}: {target.name}"
        if target.name and target.name != target.monitor.name
        else target.monitor.name
    )
