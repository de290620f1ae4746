"""What pages show of alerts and their sources: a fixed number of queries each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from monitoring.models import Alert, AlertSource, AlertState
from products.models import Product

MOST = 100
# On the page of a product.
IN_SIGHT = 5
STATES = AlertState.values


@dataclass(frozen=True)
class Found:
    """`alerts` are at most MOST; `firing` counts all that fire."""

    alerts: list[Alert]
    firing: int
    is_cut: bool


def alerts_of(user: User, state: str = "") -> Found:
    rows = Alert.objects.visible_to(user).present()
    found = rows.filter(state=state) if state in STATES else rows
    alerts = list(found.select_related("source__product").with_held().in_order()[: MOST + 1])
    firing = Alert.objects.visible_to(user).firing().count()
    return Found(alerts[:MOST], firing, len(alerts) > MOST)


def sources_of(user: User) -> list[AlertSource]:
    return list(_counted(AlertSource.objects.visible_to(user)).order_by("product__name", "name", "pk"))


def of_product(product: Product) -> tuple[list[AlertSource], list[Alert]]:
    """Its sources, each with how many fire, and a few that do."""
    sources = list(_counted(AlertSource.objects.filter(product=product)))
    rows = Alert.objects.firing().filter(source__product=product)
    return sources, list(rows.select_related("source").with_held().in_order()[:IN_SIGHT])


def _counted(rows: QuerySet[AlertSource]) -> QuerySet[AlertSource]:
    firing = Count("alerts", filter=Q(alerts__state=AlertState.FIRING, enabled=True))
    return (
        rows.filter(archived_at=None, product__archived_at=None)
        .select_related("product")
        .annotate(firing=firing)
    )
