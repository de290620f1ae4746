"""Deployments that a forge knows of become the same rows as those that scripts report, once each (K56, K57)."""

from django.db import transaction

from hotfixes.checks import Context
from hotfixes.deployments import following
from hotfixes.deployments.recognising import Remedies, recognised
from hotfixes.forges.shapes import Deployed, Reading
from hotfixes.git.trouble import GitError
from hotfixes.models import Hotfix
from products.models import Deployment, Environment
from products.running import of_place
from products.vocabulary import EnvironmentKind

_STATUS = {
    "started": Deployment.Status.STARTED,
    "succeeded": Deployment.Status.SUCCEEDED,
    "failed": Deployment.Status.FAILED,
}


def keep(hotfix: Hotfix, reading: Reading, known: Context) -> None:
    """Those of the hotfix's tag or of a commit of it, and of what it began from, to environments of the product."""
    places = list(hotfix.product.environments.all())
    rows = [row for one in reading.deployments if (row := _row(hotfix, one, places, known))]
    if not rows:
        return
    there = Deployment.objects.filter(product=hotfix.product, foreign_id__in=[row.foreign_id for row in rows])
    stored = set(there.values_list("environment", "foreign_id", "status"))
    for row in sorted(rows, key=lambda row: row.at):
        if not any((row.environment_id, row.foreign_id, status) in stored for status in _kept_as(row)):
            _add(row)


def _kept_as(row: Deployment) -> list[str]:
    """Under which statuses it may be kept: a success may have been a rollback."""
    back = [Deployment.Status.ROLLED_BACK] if row.status == Deployment.Status.SUCCEEDED else []
    return [row.status, *back]


@transaction.atomic
def _add(row: Deployment) -> None:
    """With what ran there before and what follows from it; once, also of two who read it at the same time."""
    place = Environment.objects.select_for_update(no_key=True).get(pk=row.environment_id)
    same = Deployment.objects.filter(environment=place, foreign_id=row.foreign_id, status__in=_kept_as(row))
    if same.exists():
        return
    before = of_place(place, until=row.at)
    row.was = before.version
    row.status = recognised(row.status, row.version, before, remedies=Remedies.of(row.product, place))
    row.save()
    following.follow(row)


def _row(hotfix: Hotfix, one: Deployed, places: list[Environment], known: Context) -> Deployment | None:
    place = environment(places, one.environment)
    if place is None or one.state not in _STATUS or one.at is None:
        return None
    ours = _is_ours(one, known)
    if not ours and not (_is_before(one, known) and hotfix.started_at <= one.at):
        return None
    return Deployment(
        product=hotfix.product,
        environment=place,
        version=hotfix.new_version if ours else hotfix.old_version,
        git_ref=one.ref or one.sha,
        hotfix=hotfix.ref if ours else "",
        status=_STATUS[one.state],
        source=Deployment.Source.FORGE,
        at=one.at,
        url=one.url,
        foreign_id=f"{reading_id(one)}",
    )


def reading_id(one: Deployed) -> str:
    return one.id[:120] or f"{one.environment} {one.sha} {one.at}"[:120]


def environment(places: list[Environment], called: str) -> Environment | None:
    """By name, slug or kind, as forges call it: `production`, `prod`, `Live`."""
    word = called.strip().casefold()
    exact = next((one for one in places if word in (one.slug.casefold(), one.name.casefold())), None)
    if exact:
        return exact
    kinds = {
        "prod": EnvironmentKind.PRODUCTION,
        "stage": EnvironmentKind.STAGING,
        "development": EnvironmentKind.DEV,
    }
    kind = kinds.get(word, word)
    return next((one for one in places if one.kind == kind), None)


def _is_ours(one: Deployed, known: Context) -> bool:
    try:
        if one.ref and one.ref.removeprefix("refs/tags/") == known.tag_name:
            return True
        return bool(one.sha) and one.sha in (known.tip, known.tag.commit if known.tag else None)
    except GitError:
        return False


def _is_before(one: Deployed, known: Context) -> bool:
    """What the hotfix began from: brought out again, it is the way back."""
    try:
        name = one.ref.removeprefix("refs/tags/")
        return bool(known.base_name and name == known.base_name) or bool(one.sha and one.sha == known.base)
    except GitError:
        return False
