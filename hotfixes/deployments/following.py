"""What follows from a deployment, in the transaction that stores it: the product's version, events, alarms."""

from typing import Any

from django.db.models import Q, QuerySet

from hotfixes.alarms import contradiction, contradictions
from hotfixes.checks.process import place_of
from hotfixes.deployments import overtaking
from hotfixes.judging.milestones import KINDS, Reached, deployment_words
from hotfixes.judging.telling import events_of, is_new
from hotfixes.models import Hotfix, Rollback
from hotfixes.rollback import whose
from incidents.lifecycle import watch
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident, Mode, Status, TimelineEvent
from products.announcing import shown_anew
from products.models import Deployment, Product
from products.running import of_place
from products.vocabulary import EnvironmentKind

ANYWHERE = tuple(Status)
SOURCES = {
    Deployment.Source.API: "script",
    Deployment.Source.FORGE: "forge",
    Deployment.Source.PERSON: "person",
    Deployment.Source.PROBE: "probe",
}


def follow(made: Deployment) -> None:
    """Once per row. Locks incidents, nothing else is held by then but the place."""
    shown_anew(made.product)
    production = made.environment.kind == EnvironmentKind.PRODUCTION
    if made.status == Deployment.Status.ROLLED_BACK:
        if production:
            went_back(made)
        for incident in _concerned(made):
            _tell(made, incident)
        return
    if made.source == Deployment.Source.PERSON and made.hotfix:
        for incident in _concerned(made).filter(hotfixes__number=int(made.hotfix.removeprefix("HF-"))):
            _tell(made, incident)
    if production:
        _overtakes(made)


def went_back(made: Deployment) -> None:
    """The product's own version is what production runs again."""
    runs = of_place(made.environment)
    if runs.by == made and runs.version:
        Product.objects.filter(pk=made.product_id).update(version=runs.version)
        shown_anew(made.product)


def _concerned(made: Deployment, *, remedied_only: bool = False) -> QuerySet[Incident]:
    """Open ones of the product that were there when it happened, or only those of which a remedy of it is under way,
    locked in their order."""
    own = Q(product=made.product_id, mode=Mode.LIVE)
    remedied = Q(hotfixes__in=Hotfix.objects.open().filter(product=made.product_id)) | Q(
        rollbacks__in=Rollback.objects.open().filter(product=made.product_id)
    )
    mine = remedied if remedied_only else own | remedied
    rows = Incident.objects.open().filter(mine, detected_at__lte=made.at)
    keys = rows.exclude(mode=Mode.RETROSPECTIVE).values("pk")
    return Incident.objects.select_for_update(of=("self",)).for_page().filter(pk__in=keys).order_by("pk")


def _tell(made: Deployment, incident: Incident) -> None:
    """One event: what was deployed or taken back, as whoever showed it; of a place that the process means."""
    if made.environment.kind not in (
        EnvironmentKind.PRODUCTION,
        place_of(incident.process_version.document),
    ):
        return
    if made.status == Deployment.Status.ROLLED_BACK and _told_apart(made, incident):
        return
    kind = KINDS[made.status]
    reached = Reached(kind, made.at, "deployment", deployment_words(made.version, made.environment.slug))
    if not _is_news(reached, made, incident):
        return
    person = made.by if made.source == Deployment.Source.PERSON else None
    source: dict[str, Any] = {} if person else {"source": SOURCES[Deployment.Source(made.source)]}
    step = Step(kind, ANYWHERE, watch.status_after(incident, kind))
    perform(
        incident, step, by=person, at=made.at, **source,
        **_remedy(made, incident), by_check=person is None, what=reached.what, key=reached.key, **_facts(made),
    )  # fmt: skip


def _told_apart(made: Deployment, incident: Incident) -> bool:
    """Whether the incident has a fix of which this says nothing: what runs again holds it, or another incident's
    rollback took it back, of which it is told apart (hotfixes/deployments/taken_back.py).
    """
    if Rollback.objects.open().filter(incident=incident, product=made.product_id).exists():
        return False
    fixes = incident.hotfixes.filter(product=made.product_id).exclude(status=Hotfix.Status.ABANDONED)
    hotfix = fixes.exclude(new_version="").order_by("-number").first()
    if hotfix is None:
        return False
    return whose.lacks(whose.again(made), hotfix) is False or whose.by_another(made, incident)


def _is_news(reached: Reached, made: Deployment, incident: Incident) -> bool:
    hotfix = incident.hotfixes.filter(product=made.product_id).order_by("-number").first()
    events: list[TimelineEvent] = (
        events_of(incident, hotfix)
        if hotfix
        else list(incident.events.select_related("payload").order_by("seq"))
    )
    return is_new(reached, events)


def _remedy(made: Deployment, incident: Incident) -> dict[str, Any]:
    """Of which remedy the event speaks: the rollback that is under way, else the hotfix."""
    back = Rollback.objects.open().filter(incident=incident, product=made.product_id).first()
    if back and made.status == Deployment.Status.ROLLED_BACK:
        return {"subject": back.ref}
    hotfix = incident.hotfixes.open().filter(product=made.product_id).first()
    return {"hotfix": hotfix.ref} if hotfix else {}


def _facts(made: Deployment) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "environment": made.environment.slug,
        "version": made.version,
        "deployment": made.pk,
    }
    more = {"was": made.was, "url": made.url, "stage": made.stage, "percent": made.percent}
    return facts | {name: value for name, value in more.items() if value not in ("", None)}


def _overtakes(made: Deployment) -> None:
    """Another version went out while a remedy goes first: said aloud, once."""
    for incident in _concerned(made, remedied_only=True):
        remedies = overtaking.remedies(incident)
        found = [one for one in overtaking.overtaken(remedies) if one.deployment.pk == made.pk]
        contradiction.tell(incident, map(contradictions.overtook, found))
