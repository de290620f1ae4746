"""A hotfix deployed and tried, with monitors whose looks are stored as the prober stores them, at any moment: the
database's own clock is set, in a transaction that never stays (incidents/simulation/stage.py).
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from hotfixes.models import Hotfix, Watch
from hotfixes.watch import judging
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident, TimelineEvent
from incidents.simulation.stage import Stage, stage
from incidents.work.report import report
from monitoring import staleness
from monitoring.models import Monitor
from monitoring.probes.result import Outcome, Result, State
from monitoring.store import store
from products.models import Product
from tests.factories import join, make_monitor, make_product, make_user
from tests.hotfixes.starting import begun

NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


class Night:
    """Krow's hotfix, watched by a monitor every two minutes. Minutes count from the smoke tests, at 02:00."""

    def __init__(self, clock: Stage, process: str = "krow") -> None:
        self.clock = clock
        self.to(-20)
        self.product: Product = make_product(process=process)
        self.ada: User = make_user("ada@example.test", name="Ada")
        join(self.ada, self.product.team, "manager")
        self.api = make_monitor(self.product, name="API", interval_s=120, fail_after=2, recover_after=2)
        self.hotfix: Hotfix

    def to(self, minutes: float) -> datetime:
        now = NIGHT + timedelta(minutes=minutes)
        self.clock.set(now)
        return now

    @property
    def incident(self) -> Incident:
        return Incident.objects.for_page().get()

    @property
    def watch(self) -> Watch:
        return Watch.objects.get()

    def begin(self) -> None:
        self.look("up")
        self.hotfix = begun(self.product, self.ada)

    def deploy(self, minutes: float = -10) -> None:
        self.go(minutes)
        report(self.incident, "deployed", by=self.ada)

    def pass_smoke(self, minutes: float = 0) -> None:
        self.go(minutes)
        report(self.incident, "smoke_passed", by=self.ada)

    def look(self, state: State, monitor: Monitor | None = None) -> None:
        """One look, stored now."""
        seen = monitor or self.api
        token = uuid.uuid4()
        Monitor.objects.filter(pk=seen.pk).update(lease_token=token)
        seen.refresh_from_db()
        store(token, [(seen, Outcome((Result("", seen.name, state),)))])

    def go(self, until: float, state: State = "up") -> None:
        """A look every two minutes, the last at `until`, and a judgement now and then."""
        now = (self.clock.now - NIGHT).total_seconds() / 60
        for n in range(1, int((until - now) / 2) + 1):
            self.to(now + 2 * n)
            self.look(state)
            if n % 10 == 0 or state != "up":
                self.judge()
        self.to(until)
        self.judge()

    def judge(self) -> int:
        staleness.mark_stale()
        Watch.objects.exclude(look_at=None).update(look_at=self.clock.now)
        return judging.judge_due()

    def told(self) -> list[str]:
        """The watch's entries."""
        rows = self.incident.events.filter(kind__startswith="watch_").order_by("seq")
        return [f"{row.kind} {self.minute(row.occurred_at):g}" for row in rows]

    def event(self, kind: str) -> TimelineEvent:
        return self.incident.events.filter(kind=kind).select_related("payload").latest("seq")

    def line(self, kind: str) -> str:
        return str(self.event(kind).lines.get().html)

    def minute(self, at: datetime | None) -> float:
        assert at
        return round((at - NIGHT).total_seconds() / 60, 2)

    def clocks(self) -> list[tuple[float, str]]:
        """Of the watch's: when each run is over, and how it stands."""
        rows = Clock.objects.filter(incident=self.incident, key="watch").order_by("cycle")
        return [(self.minute(row.due_at), row.reading(self.clock.now).state) for row in rows]


@pytest.fixture
def night(db: None) -> Iterator[Night]:
    with stage(NIGHT) as clock:
        made = Night(clock)
        made.begin()
        yield made


@pytest.fixture
def watched(night: Night) -> Night:
    """Deployed at minute -10, smoke tests passed at minute 0."""
    night.deploy()
    night.pass_smoke()
    return night


@pytest.fixture
def archy(db: None) -> Iterator[Night]:
    with stage(NIGHT) as clock:
        made = Night(clock, process="archy")
        made.look("up")
        severity = made.product.severities().first()
        declare(made.product, by=made.ada, title="Boot loop", severity=severity)
        report(made.incident, "hotfix_started", by=made.ada)
        yield made
