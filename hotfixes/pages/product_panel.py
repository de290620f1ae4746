"""A product's repository on its own page: how reading it goes, and what a hotfix would begin from."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import allowed
from hotfixes.connecting.shown import found, status
from products.models import Product
from products.panels import Panel


def render(request: HttpRequest, product: Product) -> str:
    """Nothing for an archived product: it is not read any more."""
    if product.archived_at:
        return ""
    shown = status(product) if product.repository else None
    context = {
        "product": product,
        "status": shown,
        "found": found(product, shown.mirror) if shown else None,
        "may_edit": allowed(request.user, "edit", product),
    }
    return render_to_string("hotfixes/product_panel.html", context, request=request)


PANEL = Panel("repository", 20, render)
