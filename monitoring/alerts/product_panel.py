"""The tools that send alerts of a product, on its own page, with what fires."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import allowed
from foundation import moment
from monitoring.alerts.shown import of_product
from products.models import Product
from products.panels import Panel


def render(request: HttpRequest, product: Product) -> str:
    """Nothing where no tool is connected and nobody could connect one here."""
    sources, alerts = of_product(request.user, product)
    may_add = not product.archived_at and allowed(request.user, "add_monitor", product)
    if not sources and not may_add:
        return ""
    context = {
        "product": product,
        "sources": sources,
        "alerts": alerts,
        "may_add": may_add,
        "now": moment.now(),
    }
    return render_to_string("monitoring/alerts_panel.html", context, request=request)


PANEL = Panel("alerts", 11, render)
