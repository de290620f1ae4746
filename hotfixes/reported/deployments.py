"""What a deploy script says: kept as it was said, matched with the hotfix it speaks of, and judged by a worker."""

from datetime import UTC, datetime, timedelta

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from hotfixes.deployments import following
from hotfixes.deployments.recognising import Remedies, recognised, settled
from hotfixes.models import Hotfix
from hotfixes.naming import named
from hotfixes.observing import asking
from incidents.work.report import check_address
from products.models import Deployment, Environment, Product
from products.running import of_place
from products.versions import bare
from products.vocabulary import EnvironmentKind

_log = structlog.get_logger(__name__)

# Clocks of machines differ a little.
AHEAD = timedelta(minutes=2)
# Who says the same again within this time and names no moment means the same deployment.
AGAIN = timedelta(minutes=1)
_TAGS = ("refs/tags/", "tags/")


@transaction.atomic
def report_deployment(
    product: Product,
    environment: Environment,
    *,
    version: str,
    status: str,
    by: User | None,
    token: str = "",
    git_ref: str = "",
    hotfix: Hotfix | None = None,
    at: datetime | None = None,
    url: str = "",
    stage: str = "",
    percent: int | None = None,
    source: str = Deployment.Source.API,
) -> Deployment:
    """Stored as it was said, but that an older version which ends up there again is a rollback; every open hotfix of
    the product is judged again. Said twice it is one. Raises ValidationError by field.
    """
    now = moment.now()
    _check(product, hotfix=hotfix, at=at, now=now, url=url)
    _check_stage(status, stage, percent)
    # What ran there before must not change meanwhile.
    environment = Environment.objects.select_for_update(no_key=True).get(pk=environment.pk)
    open_ = list(Hotfix.objects.open().filter(product=product).order_by("number"))
    found = hotfix or spoken_of(open_, version=version, git_ref=git_ref)
    made = Deployment(
        product=product, environment=environment, version=version, git_ref=git_ref, hotfix=found.ref if found else "",
        status=settled(status, stage, percent), stage=stage, percent=percent, source=source, url=url, by=by,
        token=token, at=min(at or now, now).astimezone(UTC),
    )  # fmt: skip
    _compare(made)
    if (twin := _twin(made, exact=at is not None)) is not None:
        return twin
    made.save()
    _follow(made, [*open_, *([found] if found else [])])
    _log.info("deployment.reported", product=product.slug, environment=environment.slug, status=made.status)
    return made


def _follow(made: Deployment, hotfixes: list[Hotfix]) -> None:
    """With what follows from it, and by having each of `hotfixes` judged again, once."""
    crashpoint("ingest.deployment_stored")
    following.follow(made)
    crashpoint("ingest.deployment_followed")
    asking.ask(*{one.pk: one for one in hotfixes}.values())


def _compare(made: Deployment) -> None:
    """With what ran there before: whether it is a rollback."""
    before = of_place(made.environment, until=made.at)
    remedies = Remedies.of(made.product, made.environment)
    made.was = before.version
    made.status = recognised(made.status, made.version, before, remedies=remedies)


def _twin(made: Deployment, *, exact: bool) -> Deployment | None:
    """The report of that place that said the same at the same time; without a moment only the last one can be it."""
    rows = Deployment.objects.filter(environment=made.environment).order_by("-at", "-pk")
    if exact:
        again = (one for one in rows.filter(at=made.at, version=made.version) if _says_the_same(one, made))
        return next(again, None)
    last = rows.first()
    if last is None or not _says_the_same(last, made):
        return None
    return last if made.at - last.at < AGAIN else None


def _says_the_same(last: Deployment, made: Deployment) -> bool:
    same = ("version", "git_ref", "hotfix", "stage", "percent", "source", "url")
    if any(getattr(last, name) != getattr(made, name) for name in same):
        return False
    back = (Deployment.Status.SUCCEEDED, Deployment.Status.ROLLED_BACK)
    return last.status == made.status or (made.status, last.status) == back


def _check_stage(status: str, stage: str, percent: int | None) -> None:
    """Raises ValidationError by field."""
    if not status and not stage:
        raise ValidationError({"status": _("Say how it went.")})
    if percent is not None and stage not in (Deployment.Stage.RELEASED, Deployment.Stage.HALTED):
        raise ValidationError({"percent": _("Only a release in a store, or a halted one, has a percentage.")})
    if percent is not None and not 0 <= percent <= 100:
        raise ValidationError({"percent": _("Write a number from 0 to 100.")})


def _check(product: Product, *, hotfix: Hotfix | None, at: datetime | None, now: datetime, url: str) -> None:
    """Raises ValidationError by field."""
    if url:
        check_address(url)
    if hotfix is not None and hotfix.product_id != product.pk:
        words = {"hotfix": hotfix.ref, "other": hotfix.product.name}
        raise ValidationError({"hotfix": _("%(hotfix)s is a hotfix of %(other)s.") % words})
    if at and at > now + AHEAD:
        raise ValidationError({"at": _("This is in the future.")})


def spoken_of(hotfixes: list[Hotfix], *, version: str, git_ref: str = "") -> Hotfix | None:
    """By its tag or branch, else by its version; None when none or several could be meant."""
    name = git_ref
    for prefix in _TAGS:
        name = name.removeprefix(prefix)
    short = name.removeprefix("refs/heads/")
    by_ref = [one for one in hotfixes if name and (named.tag(one) == name or named.branch(one) == short)]
    by_version = [one for one in hotfixes if one.new_version and bare(version) == bare(one.new_version)]
    found = by_ref or by_version
    return found[0] if len(found) == 1 else None


def environment_of(product: Product, name: str) -> Environment:
    """By slug or name, or by its kind where only one is of it. ValidationError on `environment`, naming them."""
    all_ = list(product.environments.all())
    wanted = name.strip().casefold()
    for one in all_:
        if wanted in (one.slug.casefold(), one.name.casefold()):
            return one
    of_kind = [one for one in all_ if one.kind == wanted] if wanted in EnvironmentKind.values else []
    if len(of_kind) == 1:
        return of_kind[0]
    words = {"product": product.name, "names": ", ".join(one.slug for one in of_kind or all_)}
    if of_kind:
        raise ValidationError({"environment": _("Say which one: %(names)s.") % words})
    raise ValidationError({"environment": _("%(product)s has these environments: %(names)s.") % words})
