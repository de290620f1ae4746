"""How runs of clocks ended, as the database counts it: the same that each of them says of itself."""

from datetime import datetime, timedelta
from itertools import product as every
from typing import Any

from django.db.models import F

from foundation import moment
from incidents.clocks import clocks as arithmetic
from incidents.clocks.outcome import Outcome, outcome
from incidents.clocks.shown import ClockView
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock
from tests.factories import join, make_product, make_user

HOUR = timedelta(hours=1)


def test_the_database_counts_what_each_clock_says(db: None) -> None:
    product, ada = make_product(), make_user()
    join(ada, product.team)
    incident = declare(product, by=ada, title="Down", severity=product.severities().get(key="CRITICAL"))
    resolved = transitions.resolve(incident, by=ada)
    now = moment.now()
    # Started three hours ago; ended one way or another, before or after its limit, or not at all.
    ends = ("", "stopped_at", "cancelled_at", "waived_at")
    made = [
        _clock(incident.pk, n, now, *one, resolved.pk)
        for n, one in enumerate(
            every(ends, (1, 5), (0, 2, None), (False, True), (False, True), ("decision", "other"))
        )
    ]
    Clock.objects.bulk_create(made)
    rows = Clock.objects.filter(pk__in=[one.pk for one in made]).annotate(
        outcome=outcome(now), stopped_kind=F("stopped_by__kind")
    )
    found = {one.pk: one for one in rows}
    counted = {pk: one.__dict__["outcome"] for pk, one in found.items()}
    assert counted == {pk: _said(one, now) for pk, one in found.items()}
    assert set(counted.values()) == set(Outcome)


def _clock(
    incident: int, n: int, now: datetime, end: str, limit_h: int, breached: int | None, at_least: bool, paused: bool,
    key: str, by: int,
) -> Clock:  # fmt: skip
    """`breached`: hours after its beginning at which the sweep marked it, 0 for not; None: it has no limit at all."""
    facts: dict[str, Any] = {end: now - HOUR} if end else {}
    clock = Clock(
        incident_id=incident, subject=f"HF-{n}", key=key, label="A", kind="target", severity="HIGH", target="x",
        target_s=None if breached is None else limit_h * 3600, started_at=now - 3 * HOUR, due_set_at=now - 3 * HOUR,
        breached_at=now - HOUR if breached else None, at_least=at_least, **facts,
        pauses=[[(now - 2.5 * HOUR).isoformat(), (now - 2.4 * HOUR).isoformat()]] if paused else [],
        stopped_by_id=by if end == "stopped_at" else None,
    )  # fmt: skip
    clock.due_at = arithmetic.due_at(clock.run)
    return clock


def _said(clock: Clock, now: datetime) -> str:
    view = ClockView(clock, clock.reading(now), [])
    if view.reading.state == "cancelled":
        return Outcome.CANCELLED
    if clock.at_least or clock.target_s is None:
        return Outcome.UNLIMITED
    if view.late:
        return Outcome.BREACHED
    if view.instead and clock.stopped_at:
        return Outcome.INSTEAD
    return {"met": Outcome.MET, "waived": Outcome.WAIVED}.get(view.reading.state, Outcome.RUNNING)
