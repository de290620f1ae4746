"""The monitors of a product on its own page, each with its state and a link (A36)."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import allowed, signed_in
from foundation import moment
from monitoring.board import of_product
from monitoring.maintenance import shown
from products.models import Product
from products.panels import Panel


def render(request: HttpRequest, product: Product) -> str:
    """Nothing for an archived product: its monitors have gone with it."""
    if product.archived_at:
        return ""
    now = moment.now()
    may_set = allowed(request.user, "add_maintenance", product)
    context = {
        "product": product,
        "lines": of_product(signed_in(request), product, now=now),
        "may_add": allowed(request.user, "add_monitor", product),
        "maintenance": shown.of_product(product, now),
        "taps": shown.taps(product) if may_set else None,
        "zone": product.team.time_zone,
        "now": now,
    }
    return render_to_string("monitoring/product_panel.html", context, request=request)


PANEL = Panel("monitors", 10, render)
