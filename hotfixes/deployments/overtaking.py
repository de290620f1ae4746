"""What was brought to production while a remedy goes first, and is not that remedy (K55)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hotfixes.models import Hotfix, Rollback
from hotfixes.rollback.rows import rollbacks
from incidents.models import Incident, Mode
from products.models import Deployment
from products.versions import bare
from products.vocabulary import EnvironmentKind

OTHERS = (Deployment.Status.STARTED, Deployment.Status.SUCCEEDED)
ENDED = (Deployment.Status.FAILED, Deployment.Status.ROLLED_BACK)
MOST = 500


@dataclass(frozen=True)
class Remedy:
    """`brings`: its version; `harmless`: what ran when it began, which may be brought out again."""

    ref: str
    product: int
    since: datetime
    brings: str
    harmless: str
    url: str


@dataclass(frozen=True)
class Overtaken:
    remedy: Remedy
    deployment: Deployment


def remedies(incident: Incident, hotfixes: Iterable[Hotfix] | None = None) -> list[Remedy]:
    """Those under way of a real incident; `hotfixes` are its own, where they are known already."""
    if incident.mode != Mode.LIVE:
        return []
    known = Hotfix.objects.open().filter(incident=incident) if hotfixes is None else hotfixes
    fixes = [of_hotfix(one) for one in known if one.is_going_out]
    return [*fixes, *(of_rollback(one) for one in rollbacks(incident) if one.is_open)]


def of_hotfix(hotfix: Hotfix) -> Remedy:
    new, old = hotfix.new_version, hotfix.old_version
    return Remedy(
        hotfix.ref, hotfix.product_id, hotfix.started_at, bare(new), bare(old), hotfix.get_absolute_url()
    )


def of_rollback(rollback: Rollback) -> Remedy:
    back, runs = bare(rollback.to_version), bare(rollback.from_version)
    url = rollback.get_absolute_url()
    return Remedy(rollback.ref, rollback.product_id, rollback.started_at, back, runs, url)


def overtaken(remedies: Iterable[Remedy]) -> list[Overtaken]:
    """The last other version of each, until its own is brought out after it, or that one failed or was taken back. One
    query, or none.
    """
    known = [one for one in remedies if one.brings]
    if not known:
        return []
    rows = Deployment.objects.filter(
        product__in={one.product for one in known},
        at__gte=min(one.since for one in known),
        environment__kind=EnvironmentKind.PRODUCTION,
        status__in=[*OTHERS, *ENDED],
    )
    told = list(rows.select_related("environment").order_by("-at", "-pk")[:MOST])
    return [found for one in known if (found := _of(one, told))]


def _of(remedy: Remedy, told: list[Deployment]) -> Overtaken | None:
    """`told` newest first. What failed is not there, nor what was there before something was taken back."""
    over: set[tuple[int, str]] = set()
    for row in told:
        version, place = bare(row.version), row.environment_id
        if row.product_id != remedy.product or row.at < remedy.since:
            continue
        if row.status == Deployment.Status.ROLLED_BACK:
            over.add((place, ""))
        elif row.status == Deployment.Status.FAILED:
            over.add((place, version))
        elif version == remedy.brings:
            return None
        elif version != remedy.harmless and not {(place, ""), (place, version)} & over:
            return Overtaken(remedy, row)
    return None
