"""Deployments as marks in the strips of what is watched: what changed right before it went down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from products.models import Deployment
from products.versions import bare

MOST = 500
SHOWN = (Deployment.Status.SUCCEEDED, Deployment.Status.FAILED, Deployment.Status.ROLLED_BACK)


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in a strip, in words."""

    at: datetime
    words: str


def marks(products: Iterable[int], start: datetime, end: datetime) -> dict[int, list[Mark]]:
    """How deployments ended, by product, the oldest first. One query."""
    rows = Deployment.objects.filter(product__in=set(products), at__range=(start, end), status__in=SHOWN)
    found: defaultdict[int, list[Mark]] = defaultdict(list)
    for row in rows.select_related("environment").order_by("-at", "-pk")[:MOST]:
        found[row.product_id].append(Mark(row.at, _words(row)))
    return {product: those[::-1] for product, those in found.items()}


def _words(row: Deployment) -> str:
    facts = {"version": bare(row.version), "place": row.environment.name}
    if row.status == Deployment.Status.FAILED:
        return _("Deployment of %(version)s to %(place)s failed") % facts
    if row.status == Deployment.Status.ROLLED_BACK:
        return _("%(place)s rolled back: %(version)s") % facts
    return _("%(version)s deployed to %(place)s") % facts
