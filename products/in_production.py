"""Which version of a product its users have: by what was brought out last, else as somebody entered it (A24, K56).

Every list, page, message and answer asks here, so that no two of them name different versions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextChoices
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from products.deployment import Deployment
from products.models import Environment, Product
from products.running import ENDED, of_place
from products.versions import bare
from products.vocabulary import EnvironmentKind


class Source(TextChoices):
    """How it is known."""

    DEPLOYMENTS = "deployments", _("by deployments")
    ENTERED = "entered", _("as entered")
    NOBODY = "", ""


@dataclass(frozen=True, slots=True)
class InProduction:
    """`version` as it was reported or entered, "" where nobody knows; `at`: when it was reported last."""

    version: str = ""
    source: Source = Source.NOBODY
    at: datetime | None = None


def in_production(product: Product) -> InProduction:
    """One query; one more where a rollback was the last."""
    return of_products([product])[product.pk]


def of_products(products: Iterable[Product]) -> dict[int, InProduction]:
    """By product; of several places called production what was brought out last counts.

    One query for all of them, and one more for each place where a rollback was the last: only then what ran before
    it matters.
    """
    asked = list(products)
    told: dict[int, list[InProduction]] = {one.pk: [] for one in asked}
    gone: dict[int, str] = {}
    for last in _last_of_each(told):
        version = last.version
        if last.status == Deployment.Status.ROLLED_BACK:
            version = of_place(last.environment).version
            if not version:
                gone[last.product_id] = last.version
        if version:
            told[last.product_id].append(InProduction(version, Source.DEPLOYMENTS, last.at))
    return {one.pk: _newest(told[one.pk]) or _entered(one, gone.get(one.pk, "")) for one in asked}


def last_told(product: str = "product") -> Subquery:
    """For a query of what has a `product`: what was told last of its productions, for `by_last`.

    Two queries out: one out are the deployments, of whichever product.
    """
    places = Environment.objects.filter(product=OuterRef(OuterRef(product)))
    rows = Deployment.objects.filter(pk__in=_newest_of(places))
    return Subquery(
        rows.order_by("-at", "-pk").values(told=JSONObject(version="version", status="status"))[:1]
    )


def by_last(product: Product, last: Mapping[str, str] | None) -> InProduction:
    """As `in_production`, with what `last_told` read: no query but after a rollback."""
    if last is None:
        return _entered(product, "")
    if last["status"] == Deployment.Status.ROLLED_BACK:
        return in_production(product)
    return InProduction(last["version"], Source.DEPLOYMENTS)


def _last_of_each(products: Iterable[int]) -> Iterable[Deployment]:
    newest = _newest_of(Environment.objects.filter(product__in=list(products)))
    return Deployment.objects.filter(pk__in=newest).select_related("environment").order_by("pk")


def _newest_of(places: QuerySet[Environment]) -> QuerySet[Environment, Any]:
    """The key of the last deployment of each production among `places`, each by its index."""
    rows = Deployment.objects.filter(
        product=OuterRef("product"), environment=OuterRef("pk"), status__in=ENDED
    ).order_by("-at", "-pk")
    there = places.filter(kind=EnvironmentKind.PRODUCTION).order_by()
    return there.annotate(last=Subquery(rows.values("pk")[:1])).values("last")


def _newest(known: list[InProduction]) -> InProduction | None:
    return max(known, key=lambda one: (one.at, one.version), default=None)


def _entered(product: Product, gone: str) -> InProduction:
    """Not what was taken back since: nobody has it any more."""
    version = product.version
    if not version or (gone and bare(version) == bare(gone)):
        return InProduction()
    return InProduction(version, Source.ENTERED)
