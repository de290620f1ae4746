"""What a person's word that a hotfix is out leaves behind: the deployment that no script reports. Without it the
product would go on running what it ran before, and its next hotfix would get the same version once more.
"""

from django.db.models import QuerySet

from hotfixes.checks.process import place_of
from hotfixes.models import Hotfix
from hotfixes.observing import asking
from hotfixes.watch.opening import remedy_of
from incidents.lifecycle import followers
from incidents.models import Incident, Mode, TimelineEvent
from incidents.timeline.corrections import original
from products.announcing import shown_anew
from products.models import Deployment, Environment
from products.running import of_place
from products.versions import bare
from products.vocabulary import EnvironmentKind, EventKind

Status = Deployment.Status


def follow(incident: Incident, event: TimelineEvent) -> None:
    """In the transaction of whoever says it. Nothing where a report says it already, or of a drill."""
    if event.kind == EventKind.CORRECTED:
        _correct(incident, event)
    if withdrawn := event.data.get("withdraws"):
        _take_back(incident, incident.events.get(seq=withdrawn))
    if event.actor is None or event.data.get("by_check") or event.data.get("deployment"):
        return
    if event.kind == EventKind.DEPLOY_FAILED:
        _failed(incident, event)
    if (kind := _place(incident, event)) and incident.mode == Mode.LIVE:
        hotfix = _hotfix(incident, event)
        if hotfix and hotfix.new_version:
            _keep(hotfix, kind, event)


def _place(incident: Incident, event: TimelineEvent) -> str:
    """The kind of environment that has it now. Where a process deploys to a dev server, users get what is released."""
    place = place_of(incident.process_version.document)
    if event.kind == EventKind.DEPLOYED:
        return place
    released = event.kind == EventKind.RELEASED and place != EnvironmentKind.PRODUCTION
    return EnvironmentKind.PRODUCTION if released else ""


def _hotfix(incident: Incident, event: TimelineEvent) -> Hotfix | None:
    """The one of which it speaks; None where it speaks of a rollback."""
    told = remedy_of(incident, event)
    return next((one for one in incident.hotfixes.open() if one.ref == told), None)


def _keep(hotfix: Hotfix, kind: str, event: TimelineEvent) -> None:
    """Of each such place that ran what the hotfix mends; where nobody has said what runs, of the first."""
    places = list(hotfix.product.environments.filter(kind=kind))
    before = {place.pk: of_place(place, until=event.occurred_at) for place in places}
    ran = [one for one in places if bare(before[one.pk].version) == hotfix.old_version]
    for place in ran or places[:1]:
        _row(hotfix, place, before[place.pk].version, event)
    if places:
        shown_anew(hotfix.product)
        asking.ask(*Hotfix.objects.open().filter(product=hotfix.product))


def _row(hotfix: Hotfix, place: Environment, was: str, event: TimelineEvent) -> None:
    if bare(was) != bare(hotfix.new_version):
        Deployment.objects.create(
            product=hotfix.product, environment=place, version=hotfix.new_version, was=was, hotfix=hotfix.ref,
            status=Status.SUCCEEDED, source=Deployment.Source.PERSON, by=event.actor, at=event.occurred_at,
        )  # fmt: skip


def _failed(incident: Incident, event: TimelineEvent) -> None:
    """It was not out after all where the process deploys to: what ran before still runs there."""
    if hotfix := _hotfix(incident, event):
        place = place_of(incident.process_version.document)
        mine = _said(incident).filter(hotfix=hotfix.ref, environment__kind=place)
        if mine.update(status=Status.FAILED):
            shown_anew(hotfix.product)


def _correct(incident: Incident, event: TimelineEvent) -> None:
    """It was out at another moment than was said first."""
    was = event.supersedes
    if was is None or original(event).kind not in (EventKind.DEPLOYED, EventKind.RELEASED):
        return
    if _said(incident).filter(at=was.occurred_at).update(at=event.occurred_at):
        _show(incident)


def _take_back(incident: Incident, event: TimelineEvent) -> None:
    """Whoever said it does not say so any more: the timeline keeps that they did, and nothing shows that it is out."""
    while corrected := event.superseded_by.filter(kind=EventKind.CORRECTED).first():
        event = corrected
    gone = _said(incident).filter(at=event.occurred_at)
    if original(event).kind in (EventKind.DEPLOYED, EventKind.RELEASED) and gone.delete()[0]:
        products = [one.product_id for one in incident.hotfixes.all()]
        _show(incident)
        asking.ask(*Hotfix.objects.open().filter(product__in=products))


def _show(incident: Incident) -> None:
    for product in {one.product for one in incident.hotfixes.select_related("product")}:
        shown_anew(product)


def _said(incident: Incident) -> QuerySet[Deployment]:
    """What this module has kept of the incident's hotfixes."""
    refs = [one.ref for one in incident.hotfixes.all()]
    return Deployment.objects.filter(
        hotfix__in=refs, source=Deployment.Source.PERSON, status=Status.SUCCEEDED, stage="", url=""
    )


followers.follow(follow)
