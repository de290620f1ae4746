"""Production tags and deployments that look like a hotfix and belong to none: somebody went past the process.

Read from what was seen; nothing is stored. Opening one afterwards makes the record that is missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import ValidationError as PolicyError

from accounts.models import User
from foundation import moment
from hotfixes import policy as patterns
from hotfixes.git import names
from hotfixes.git.movements import Kind
from hotfixes.models import Hotfix, RefObservation
from hotfixes.policy import BadPattern
from hotfixes.start import start
from hotfixes.watching.found import called_of
from incidents.declare import declare
from incidents.models import Mode
from products.models import Deployment, Product
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


def strays(products: Iterable[Product]) -> list[Stray]:
    """The newest first, each version once. Wants `with_process`."""
    wanted = [product for product in products if not product.archived_at]
    keys = [product.pk for product in wanted]
    known = set(Hotfix.objects.filter(product__in=keys).values_list("product", "new_version"))
    since = moment.now() - SHOWN_FOR
    found = [*_tags(wanted, since), *_deployments(wanted, since)]
    once: dict[tuple[int, str], Stray] = {}
    for one in sorted(found, key=lambda stray: stray.at):
        if (one.product.pk, one.version) not in known:
            once.setdefault((one.product.pk, one.version), one)
    return sorted(once.values(), key=lambda stray: stray.at, reverse=True)


def open_afterwards(stray: Stray, *, by: User) -> Hotfix:
    """An incident entered afterwards, and the hotfix that was made without one: what git still shows is judged."""
    with transaction.atomic():
        incident = declare(
            stray.product,
            by=by,
            title=stray.title,
            severity=stray.product.severities().first(),
            detected_at=stray.at,
            mode=Mode.RETROSPECTIVE,
        )
        made = start(incident, by=by)
        if made.new_version != stray.version:
            made.new_version = stray.version
            made.save(update_fields=["new_version"])
    return made


def _tags(products: list[Product], since: datetime) -> list[Stray]:
    """Seen for the first time after watching began: what was there then is history."""
    repositories = {one.repository_id for one in products if one.repository_id}
    if not repositories:
        return []
    rows = RefObservation.objects.filter(repository__in=repositories)
    began = dict(rows.values("repository").annotate(at=Min("seen_at")).values_list("repository", "at"))
    recent = rows.filter(name__startswith=names.TAGS, kind=Kind.CREATED.value, seen_at__gte=since)
    seen = list(recent.order_by("-pk").values_list("repository", "name", "seen_at")[:MOST])
    return [
        Stray(product, "tag", name.removeprefix(names.TAGS), version, at)
        for product in products
        for repository, name, at in seen
        if repository == product.repository_id and at > began[repository]
        if (version := _version_of(product, name.removeprefix(names.TAGS)))
    ]


def _version_of(product: Product, tag: str) -> str:
    """The version that a tag of this product gives a hotfix; "" for another tag, or a release that is none."""
    try:
        rules = policy_of(product)
        found = patterns.recognised(rules.tag, tag, {"product": called_of(product)}) if rules.tag else None
    except (PolicyError, BadPattern):
        return ""
    version = (found or {}).get("new") or ""
    return version if _is_fix(version) else ""


def _deployments(products: list[Product], since: datetime) -> list[Stray]:
    """To production, of a version that was never there before, and that no hotfix speaks of."""
    rows = Deployment.objects.filter(
        product__in=[one.pk for one in products],
        environment__kind=EnvironmentKind.PRODUCTION,
        status=Deployment.Status.SUCCEEDED,
    )
    by_key = {product.pk: product for product in products}
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
            found.append(Stray(by_key[product], "deployment", row.environment.name, version, row.at))
        newest[product] = max(number, before) if before else number
    return found


def _is_fix(version: str) -> bool:
    """Whether only the last of three numbers was raised, as a hotfix does."""
    number = Version.parse(version)
    return number is not None and number.patch > 0
