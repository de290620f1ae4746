"""Two years of one product's life, as rows: what the decision card reads its figures from."""

from datetime import datetime, timedelta
from typing import Any

from foundation import moment
from hotfixes.models import Hotfix, RefObservation, Rollback
from incidents.models import Incident, Status
from monitoring.models import StatusChange
from monitoring.states import State
from products.models import Deployment, Environment, Product, Repository
from products.vocabulary import EnvironmentKind
from tests.factories import make_monitor

DAYS = 730
DEPLOYMENTS_A_DAY, INCIDENTS, HOTFIXES, ROLLBACKS, OUTAGES = 2, 700, 120, 60, 5_000


def live_through(product: Product) -> dict[str, int]:
    """Fills the tables; returns how many rows of each there are."""
    now = moment.now()
    start = now - timedelta(days=DAYS)
    place = product.environments.filter(kind=EnvironmentKind.PRODUCTION).first()
    assert place
    severity = product.severities().first()
    assert severity
    product.repository = product.repository or Repository.objects.create(
        team=product.team, url="https://git.example.test/years.git", hook_key="years" * 8
    )
    product.version = f"1.{DAYS * DEPLOYMENTS_A_DAY - 1}.0"
    product.save()
    _releases(product, product.repository, place, start)
    _outages(product, start, now)
    incidents = _incidents(product, severity, start)
    _remedies(product, place, incidents)
    return {
        "deployments": Deployment.objects.count(), "tags": RefObservation.objects.count(),
        "incidents": Incident.objects.count(), "hotfixes": Hotfix.objects.count(),
        "rollbacks": Rollback.objects.count(), "changes": StatusChange.objects.count(),
    }  # fmt: skip


def _releases(product: Product, repository: Repository, place: Environment, start: datetime) -> None:
    """What went to production, and the tag of each."""
    numbers = range(DAYS * DEPLOYMENTS_A_DAY)
    Deployment.objects.bulk_create(
        Deployment(
            product=product, environment=place, version=f"1.{n}.0", git_ref=f"v1.{n}.0", status="succeeded",
            source="api", at=start + timedelta(hours=12 * n),
        )
        for n in numbers
    )  # fmt: skip
    RefObservation.objects.bulk_create(
        RefObservation(
            repository=repository, name=f"refs/tags/v1.{n}.0", kind="created", oid=f"{n:040x}",
            commit=f"{n:040x}", seen_at=start + timedelta(hours=12 * n),
        )
        for n in numbers
    )  # fmt: skip


def _outages(product: Product, start: datetime, now: datetime) -> None:
    target = make_monitor(product, name="Two years").targets.get()
    states = (State.UP, State.DOWN)
    StatusChange.objects.bulk_create(
        StatusChange(
            target=target, was=states[n % 2], state=states[(n + 1) % 2], handled_at=now,
            at=start + timedelta(minutes=200 * n),
        )
        for n in range(OUTAGES)
    )  # fmt: skip


def _incidents(product: Product, severity: Any, start: Any) -> list[Incident]:
    version = product.process.current
    assert version
    return Incident.objects.bulk_create(
        Incident(
            number=10_000 + n, title=f"Outage {n}", product=product, process_version=version, severity=severity,
            status=Status.CLOSED, detected_at=(at := start + timedelta(hours=25 * n)), declared_at=at,
        )
        for n in range(INCIDENTS)
    )  # fmt: skip


def _remedies(product: Product, place: Any, incidents: list[Incident]) -> None:
    options = ("redeploy_previous_tag", "halt_rollout")
    Hotfix.objects.bulk_create(
        Hotfix(
            number=10_000 + n, incident=(one := incidents[n]), product=product, policy={}, called="years",
            old_version=f"1.{n}.0", new_version=f"1.{n}.1", status="released", started_at=one.declared_at,
        )
        for n in range(HOTFIXES)
    )  # fmt: skip
    Deployment.objects.bulk_create(
        Deployment(
            product=product, environment=place, version=f"1.{n}.1", hotfix=f"HF-{10_000 + n}", status="succeeded",
            source="api", at=incidents[n].declared_at + timedelta(minutes=20 + n % 60),
        )
        for n in range(HOTFIXES)
    )  # fmt: skip
    Rollback.objects.bulk_create(
        Rollback(
            number=10_000 + n, incident=(one := incidents[HOTFIXES + n]), product=product,
            option_key=options[n % 2], status="done", started_at=one.declared_at,
            back_at=one.declared_at + timedelta(minutes=4 + n % 9),
        )
        for n in range(ROLLBACKS)
    )  # fmt: skip
