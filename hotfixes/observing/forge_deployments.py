"""Deployments that a forge knows of become the same rows as those that scripts report, once each (K56, K57)."""

from hotfixes.checks import Context
from hotfixes.forges.shapes import Deployed, Reading
from hotfixes.git.trouble import GitError
from hotfixes.models import Hotfix
from products.models import Deployment, Environment
from products.vocabulary import EnvironmentKind

_STATUS = {
    "started": Deployment.Status.STARTED,
    "succeeded": Deployment.Status.SUCCEEDED,
    "failed": Deployment.Status.FAILED,
}


def keep(hotfix: Hotfix, reading: Reading, known: Context) -> None:
    """Those of the hotfix's tag or of a commit of it, to an environment that the product has."""
    places = list(hotfix.product.environments.all())
    rows = [row for one in reading.deployments if (row := _row(hotfix, one, places, known))]
    Deployment.objects.bulk_create(rows, ignore_conflicts=True)


def _row(hotfix: Hotfix, one: Deployed, places: list[Environment], known: Context) -> Deployment | None:
    place = environment(places, one.environment)
    if place is None or one.state not in _STATUS or one.at is None or not _is_ours(one, known):
        return None
    return Deployment(
        product=hotfix.product,
        environment=place,
        version=hotfix.new_version,
        git_ref=one.ref or one.sha,
        hotfix=hotfix.ref,
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
