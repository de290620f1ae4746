"""Production tags and deployments that look like a hotfix and belong to none: somebody went past the process.

Read from what was seen; nothing is stored. The address of one leads to the form that makes the missing record.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import ValidationError as PolicyError

from foundation import moment
from hotfixes import patterns
from hotfixes.git import names
from hotfixes.git.movements import Kind
from hotfixes.models import Hotfix, RefObservation
from hotfixes.observing.found import called_of
from hotfixes.patterns import BadPattern
from incidents.models import Mode
from products.models import Deployment, Product, Repository
from products.policies import policy_of
from products.versions import Version, bare
from products.vocabulary import EnvironmentKind

SHOWN_FOR = timedelta(days=7)
MOST = 200


@dataclass(frozen=True)
class Stray:
    """`name`: the tag, or the environment of the deployment."""

    product: Product
    kind: str
    name: str
    version: str
    at: datetime

    @property
    def sentence(self) -> str:
        words = {"product": self.product.name, "version": self.version, "name": self.name}
        if self.kind == "tag":
            return _("%(product)s got the production tag %(name)s, and no hotfix is known for it.") % words
        return _("%(product)s %(version)s was deployed to %(name)s, and no hotfix is known for it.") % words

    @property
    def title(self) -> str:
        return _("Hotfix %(version)s of %(product)s") % {
            "version": self.version,
            "product": self.product.name,
        }

    @property
    def url(self) -> str:
        """The form that enters it afterwards, filled in."""
        facts = {"product": self.product.slug, "title": self.title, "mode": Mode.RETROSPECTIVE}
        return f"{reverse('declare')}?{urlencode(facts)}"


def strays(products: QuerySet[Product]) -> list[Stray]:
    """The newest first, each version once. Wants `with_process`.

    A product is read whole (with its process) only where something was seen of it lately: Now asks at every refresh.
    """
    places = dict(products.filter(archived_at=None).order_by().values_list("pk", "repository"))
    since = moment.now() - SHOWN_FOR
    tags, deployments = _tags_seen(set(places.values()) - {None}, since), _deployments(places, since)
    fresh = {tag.place for tag in tags}
    keys = {one.place for one in deployments} | {key for key, place in places.items() if place in fresh}
    if not keys:
        return []
    wanted = list(products.filter(pk__in=keys))
    known = set(Hotfix.objects.filter(product__in=keys).values_list("product", "new_version"))
    found = [*_tags(wanted, tags)]
    by_key = {product.pk: product for product in wanted}
    found += [Stray(by_key[one.place], "deployment", one.name, one.version, one.at) for one in deployments]
    once: dict[tuple[int, str], Stray] = {}
    for one in sorted(found, key=lambda stray: stray.at):
        if (one.product.pk, one.version) not in known:
            once.setdefault((one.product.pk, one.version), one)
    return sorted(once.values(), key=lambda stray: stray.at, reverse=True)


@dataclass(frozen=True)
class _Seen:
    """`place`: the repository of a tag, the product of a deployment."""

    place: int
    name: str
    at: datetime
    version: str = ""


def _tags_seen(repositories: set[int], since: datetime) -> list[_Seen]:
    """Seen for the first time after watching began: what was there then is history."""
    rows = RefObservation.objects.filter(repository__in=repositories)
    recent = rows.filter(name__startswith=names.TAGS, kind=Kind.CREATED.value, seen_at__gte=since)
    seen = list(recent.order_by("-pk").values_list("repository", "name", "seen_at")[:MOST])
    if not seen:
        return []
    first = RefObservation.objects.filter(repository=OuterRef("pk")).order_by("seen_at").values("seen_at")[:1]
    places = Repository.objects.filter(pk__in={repository for repository, _name, _at in seen})
    began = dict(places.annotate(began=Subquery(first)).values_list("pk", "began"))
    return [
        _Seen(repository, name.removeprefix(names.TAGS), at)
        for repository, name, at in seen
        if at > began[repository]
    ]


def _tags(products: list[Product], seen: list[_Seen]) -> list[Stray]:
    found = []
    for product in products:
        own = [one for one in seen if one.place == product.repository_id]
        version_of = _versions(product) if own else None
        if version_of is None:
            continue
        found += [
            Stray(product, "tag", one.name, version, one.at)
            for one in own
            if (version := version_of(one.name))
        ]
    return found


def _versions(product: Product) -> Callable[[str], str] | None:
    """From a tag to the version that it gives a hotfix of this product; "" for another tag, or a release that is none.
    None where the policy names no tag, or cannot be read.
    """
    try:
        pattern = policy_of(product).tag
    except PolicyError:
        return None
    called = {"product": called_of(product)}

    def version_of(tag: str) -> str:
        try:
            found = patterns.recognised(pattern or "", tag, called)
        except BadPattern:
            return ""
        version = (found or {}).get("new") or ""
        return version if _is_fix(version) else ""

    return version_of if pattern else None


def _deployments(products: Iterable[int], since: datetime) -> list[_Seen]:
    """To production, of a version that was never there before, and that no hotfix speaks of."""
    rows = Deployment.objects.filter(
        product__in=list(products),
        environment__kind=EnvironmentKind.PRODUCTION,
        status=Deployment.Status.SUCCEEDED,
    )
    first: dict[tuple[int, str], Deployment] = {}
    for row in rows.select_related("environment").order_by("-at", "-pk")[:MOST]:
        first[row.product_id, bare(row.version)] = row
    newest: dict[int, Version] = {}
    found = []
    for (product, version), row in sorted(first.items(), key=lambda pair: pair[1].at):
        number = Version.parse(version)
        before = newest.get(product)
        if number is None:
            continue
        if row.at >= since and not row.hotfix and before and number > before and _is_fix(version):
            found.append(_Seen(product, row.environment.name, row.at, version))
        newest[product] = max(number, before) if before else number
    return found


def _is_fix(version: str) -> bool:
    """Whether only the last of three numbers was raised, as a hotfix does."""
    number = Version.parse(version)
    return number is not None and number.patch > 0
