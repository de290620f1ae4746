"""What pages show of alerts and their sources: a fixed number of queries each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from accounts.access import allowed
from accounts.models import User
from monitoring.models import Alert, AlertSource, AlertState
from monitoring.models.alert import AlertQuerySet
from products.models import Product

MOST = 100
# On the page of a product.
IN_SIGHT = 5
STATES = AlertState.values


def named(rows: AlertQuerySet, words: str) -> AlertQuerySet:
    """Each word in the title, a label or the source's name; a label also as it is shown, `instance=web1`."""
    for word in words.split():
        matches = Q(title__icontains=word) | Q(labels__icontains=word) | Q(source__name__icontains=word)
        name, is_label, value = word.partition("=")
        if is_label:
            matches |= Q(labels__contains={name: value})
        rows = rows.filter(matches)
    return rows


def alerts_of(user: User, wanted: Mapping[str, str]) -> AlertQuerySet:
    """Those that fit `wanted`: `q` words, `product` its slug, `state`."""
    rows = named(Alert.objects.visible_to(user).present(), wanted["q"])
    if wanted["product"]:
        rows = rows.filter(source__product__slug=wanted["product"])
    if wanted["state"] in STATES:
        rows = rows.filter(state=wanted["state"])
    return with_all(rows)


def with_all(rows: AlertQuerySet) -> AlertQuerySet:
    """With what monitoring/alert_row.html says of them; one query."""
    return rows.select_related("source__product", "ended_by").as_read()


def seen_by(user: User | AnonymousUser, alerts: Iterable[Alert]) -> list[Alert]:
    """Rows of `with_all`, each with what `user` may do with it."""
    found = list(alerts)
    for alert in found:
        alert.may_end = alert.is_firing and allowed(user, "end", alert)
    return found


def sources_of(user: User) -> list[AlertSource]:
    return list(_counted(AlertSource.objects.visible_to(user)).order_by("product__name", "name", "pk"))


def of_product(user: User | AnonymousUser, product: Product) -> tuple[list[AlertSource], list[Alert]]:
    """Its sources, each with how many fire, and a few that do."""
    sources = list(_counted(AlertSource.objects.filter(product=product)))
    rows = Alert.objects.firing().filter(source__product=product)
    return sources, seen_by(user, with_all(rows).in_order()[:IN_SIGHT])


def _counted(rows: QuerySet[AlertSource]) -> QuerySet[AlertSource]:
    firing = Count("alerts", filter=Q(alerts__state=AlertState.FIRING, enabled=True))
    return (
        rows.filter(archived_at=None, product__archived_at=None)
        .select_related("product")
        .annotate(firing=firing)
    )
