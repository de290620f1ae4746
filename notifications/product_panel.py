"""On a product's page: whom of those who are told no way reaches outside Nightdesk."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.routes import own_channels, routes
from products.contacts import responders
from products.models import Product
from products.panels import Panel


def render(request: HttpRequest, product: Product) -> str:
    if product.archived_at:
        return ""
    context = {"product": product, "who": _names(without_a_way(told(product)))}
    return render_to_string("notifications/product_panel.html", context, request) if context["who"] else ""


def told(product: Product) -> list[User]:
    """The people among its contacts; without any contact, or with the whole team as one, whoever responds."""
    contacts = list(product.contacts.select_related("user"))
    people = [one.user for one in contacts if one.user and one.user.is_active]
    if not contacts or any(one.whole_team for one in contacts):
        people += responders(product)
    return list(dict.fromkeys(people))


def without_a_way(people: list[User]) -> list[User]:
    """Those who see it on open pages alone."""
    own = own_channels(people)
    return [one for one in people if all(way.unusable for way in routes(one, "", None, own)[1:])]


def _names(people: list[User]) -> str:
    shown = ", ".join(str(one) for one in people[:5])
    more = len(people) - 5
    return _("%(names)s and %(n)d more") % {"names": shown, "n": more} if more > 0 else shown


PANEL = Panel("unreachable", 5, render)
