"""A night on a clock of its own: what was told, to whom and when, minute by minute."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from config.schedule import PROMPT, SWEEPS
from incidents.lifecycle import sweep
from incidents.models import Incident
from incidents.simulation.stage import Stage
from notifications.models import Delivery

NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
# More moments than such a night has.
MOST = 100
SWEPT = {"breach": "breaches", "warn": "warnings", "escalate": "escalations", "owe": "obligations",
         "update": "updates", "ask": "vacancies"}  # fmt: skip
type Told = tuple[float, str, str]


def play(incident: Incident, clock: Stage, *, until: float) -> None:
    """Time goes on to `until` minutes after NIGHT; what is due happens when the ticker would see it. A second earlier
    nothing does."""
    end = NIGHT + timedelta(minutes=until)
    for _moment in range(MOST):
        coming = list(sweep.coming(incident.pk))
        for job, at in coming:
            assert _ticker_wakes(job) <= at, job
        due = min((at for _job, at in coming), default=None)
        early = min(due or end, end) - timedelta(seconds=1)
        if early > clock.now:
            clock.set(early)
            assert _turn(incident, clock, sweep.JOBS) == 0
        if due is None or due > end:
            break
        clock.set(max(due, clock.now))
        _turn(incident, clock, [job for job, at in sweep.coming(incident.pk) if at <= clock.now])
    else:
        pytest.fail("it never ends")
    clock.set(end)
    incident.refresh_from_db()


def _ticker_wakes(job: str) -> datetime:
    """When the schedule says that `job` is due the next time, of any incident: no other look brings it."""
    says = next(each.next_due for each in (*PROMPT, *SWEEPS) if each.name == SWEPT[job])
    found = says() if says else None
    assert found, job
    return found


def _turn(incident: Incident, clock: Stage, jobs: Collection[str]) -> int:
    """How much was told of it."""
    mine = Delivery.objects.about(incident.ref)
    before = list(mine.values_list("pk", flat=True))
    sweep.turn(incident.pk, jobs)
    # The column's own default is PostgreSQL's clock.
    return mine.exclude(pk__in=before).update(created_at=clock.now)


def told(incident: Incident, *keys: str, route: str = "email") -> list[Told]:
    """(minutes after NIGHT, key, label), in the order in which they were told."""
    rows = Delivery.objects.about(incident.ref).filter(route=route, created_at__gte=NIGHT).order_by("pk")
    rows = rows.filter(key__in=keys) if keys else rows
    return [((row.created_at - NIGHT).total_seconds() / 60, row.key, row.label) for row in rows]
