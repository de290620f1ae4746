"""What runs where, on a product's page: per environment the version, since when, who says so and how they know."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import allowed, signed_in
from foundation import moment
from hotfixes.deployments import holds, words
from hotfixes.deployments.recognising import unclear
from hotfixes.reported import curl
from products.in_production import Source, in_production
from products.models import Product
from products.panels import Panel
from products.running import Running, running


def render(request: HttpRequest, product: Product) -> str:
    """Nothing for an archived product: nothing goes there any more."""
    if product.archived_at:
        return ""
    now, places, runs = moment.now(), running(product), in_production(product)
    context = {
        "product": product,
        "places": [_place(one, now) for one in places],
        # What somebody has entered counts until the first deployment is reported.
        "entered": runs.version if runs.source == Source.ENTERED else "",
        "held": holds.of_product(product, signed_in(request)),
        "may_report": allowed(request.user, "report_deployment", product),
        "line": curl.hold_line(product),
        "token_address": curl.token_address(product),
    }
    return render_to_string("hotfixes/running.html", context, request=request)


def _place(one: Running, now: Any) -> dict[str, Any]:
    last = one.by
    return {
        "running": one,
        "who": words.who(last) if last else "",
        "staged": words.standing(last, now) if last and last.stage else "",
        "latest": words.standing(one.latest, now) if one.latest else "",
        "unclear": bool(last and not one.guessed and unclear(last.version, last.was)),
    }


PANEL = Panel("running", 8, render)
