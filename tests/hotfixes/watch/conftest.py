"""A hotfix deployed and tried, with monitors whose looks are stored as the prober stores them, at any moment: the
database's own clock is set, in a transaction that never stays (incidents/simulation/stage.py).
"""

import copy
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from accounts.models import Role, User
from hotfixes.models import Hotfix, Watch
from hotfixes.watch import judging
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident, TimelineEvent
from incidents.simulation.stage import Stage, stage
from incidents.work.report import report
from monitoring import staleness
from monitoring.models import Monitor
from monitoring.probes.result import Outcome, Result, State
from monitoring.store import store
from products.models import Product, RoleHolder
from tests.factories import join, make_monitor, make_product, make_user
from tests.hotfixes.rollback.test_ways import deployed
from tests.hotfixes.starting import begun

NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
# As the claim does it (monitoring/claim.py).
_LEASED = "UPDATE monitoring_monitor SET lease_token = %s WHERE id = %s RETURNING *"


class Night:
    """Krow's hotfix, watched by a monitor every two minutes. Minutes count from the smoke tests, at 02:00."""

    sparse = True

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
        token = uuid.uuid4()
        (seen,) = Monitor.objects.raw(_LEASED, [token, (monitor or self.api).pk])
        store(token, [(seen, Outcome((Result("", seen.name, state),)))])

    def go(self, until: float, state: State = "up") -> None:
        """A look every two minutes, the last at `until`, and a judgement now and then. While all is well every other
        one fails to come, which the process allows: it makes no gap of it."""
        now = (self.clock.now - NIGHT).total_seconds() / 60
        last = int((until - now) / 2)
        for n in range(1, last + 1):
            if self.sparse and state == "up" and n % 2 and n not in (1, last):
                continue
            self.to(now + 2 * n)
            self.look(state)
            if n % 30 == 0 or state != "up":
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


def night_began(night: Night) -> None:
    night.begin()


def smoke_passed(night: Night) -> None:
    """Deployed at minute -10, smoke tests passed at minute 0."""
    night.deploy()
    night.pass_smoke()


def watch_failed(night: Night) -> None:
    """HF-1 was decided for and deployed; at minute 64 the monitor says down for the second time."""
    decider(night)
    transitions.acknowledge(night.incident, by=night.ada)
    deployed(night.product, "0.1.0", 100)
    deployed(night.product, "0.1.1", 0)
    night.go(60)
    night.go(64, "down")


def boot_loop(night: Night) -> None:
    night.look("up")
    severity = night.product.severities().first()
    declare(night.product, by=night.ada, title="Boot loop", severity=severity)
    report(night.incident, "hotfix_started", by=night.ada)


def decider(night: Night) -> User:
    """Decides; works on nothing."""
    user = make_user("olga@example.test", name="Olga")
    join(user, night.product.team, Role.VIEWER)
    RoleHolder.objects.create(product=night.product, role="product_owner", user=user, position=1)
    return user


# What tests begin with: after which other one, and how it comes about.
STEPS: dict[str, tuple[str, Callable[[Night], None]]] = {
    "failed": ("watched", watch_failed),
    "watched": ("night", smoke_passed),
    "night": ("", night_began),
    "archy": ("", boot_loop),
}


class House:
    """The steps of a night, each taken once and kept in a savepoint for the tests of a file that begin with it."""

    def __init__(self, clock: Stage) -> None:
        self.clock = clock
        self.depth = len(connection.savepoint_ids)
        self.kept: list[tuple[str, str, Night, datetime]] = []

    def at(self, name: str) -> Night:
        """As it was right after that step, with rows and objects that nobody has touched since."""
        assert len(connection.savepoint_ids) == self.depth, (
            "a test has begun: what it undoes must not be kept"
        )
        way = [name]
        while before := STEPS[way[0]][0]:
            way.insert(0, before)
        while [step for step, *_ in self.kept] != way[: len(self.kept)]:
            transaction.savepoint_rollback(self.kept.pop()[1])
        for step in way[len(self.kept) :]:
            savepoint = transaction.savepoint_create()
            night = (
                self._untouched() if self.kept else Night(self.clock, "archy" if step == "archy" else "krow")
            )
            STEPS[step][1](night)
            self.kept.append((step, savepoint, night, self.clock.now))
        return self._untouched()

    def _untouched(self) -> Night:
        _step, _savepoint, made, self.clock.now = self.kept[-1]
        return copy.deepcopy(made, {id(self.clock): self.clock})


@pytest.fixture(scope="module")
def house(undone: None) -> Iterator[House]:
    with stage(NIGHT) as clock:
        yield House(clock)


@pytest.fixture
def step(house: House, request: pytest.FixtureRequest) -> Night:
    """The last step that the test asks for."""
    return house.at(next(name for name in STEPS if name in request.fixturenames))


@pytest.fixture
def begun_with(step: Night, db: None) -> Iterator[Night]:
    """The step stands, and only then comes the savepoint to which the test goes back."""
    yield step
    # Else constraints were checked, and one says that a simulation never stays.
    transaction.set_rollback(True)


# A test asks for a step by its name; `step` reads which.
night = watched = failed = archy = begun_with
