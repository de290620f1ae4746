"""What an address or a body names: found within what person and token reach, or refused in a sentence."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.access import allowed, authorize, teams_of
from accounts.bearer import person_of, token_of
from accounts.models import Team, User
from foundation.shapes import comma_list
from products.aliases import called
from products.models import Hold, Process, Product, ProductSlug, Severity
from products.token_products import narrowed

_HELD = Prefetch("holds", queryset=Hold.objects.standing())
SLUG = re.compile(r"[a-zA-Z0-9_-]{1,80}")


def reachable(request: HttpRequest) -> QuerySet[Product]:
    """What both the person and the token may see, with what is told of each."""
    return _reached(request).prefetch_related("environments", "components", "repository__products", _HELD)


def _reached(request: HttpRequest) -> QuerySet[Product]:
    rows = Product.objects.visible_to(person_of(request)).with_process().select_related("repository")
    return narrowed(rows, token_of(request), "pk")


def product_of(request: HttpRequest, slug: str, action: str = "view") -> Product:
    """The product of the address, for who may do `action`; 404 for one that person or token does not reach."""
    found = _by_slug(reachable(request), slug)
    if found is None:
        raise Http404
    authorize(person_of(request), action, found)
    return found


def named_product(request: HttpRequest, slug: str) -> Product:
    """The product that a body names. ValidationError on `product` where there is none for this token."""
    rows = _reached(request)
    found = _by_slug(rows, slug) or called(rows, slug)
    if found is None:
        raise ValidationError({"product": _("There is no product “%(slug)s” here.") % {"slug": slug}})
    return found


def _by_slug(rows: QuerySet[Product], slug: str) -> Product | None:
    """By a former slug too: a script goes on working when its product is renamed."""
    if not SLUG.fullmatch(slug):
        return None
    known = ProductSlug.objects.filter(slug=slug).values("product")
    return rows.filter(pk__in=known).first()


def severity_of(product: Product, key: str) -> Severity:
    """By its key in the product's process, in any case. ValidationError on `severity` with the keys there are."""
    severities = list(product.severities())
    for severity in severities:
        if severity.key.casefold() == key.casefold():
            return severity
    keys = ", ".join(severity.key for severity in severities)
    words = {"product": product.name, "keys": keys}
    raise ValidationError({"severity": _("%(product)s has these severities: %(keys)s.") % words})


def severities_of(text: str) -> QuerySet[Severity]:
    """Those that a list's filter names, of whatever process. ValidationError on `severity` where one is unknown."""
    rows = Severity.objects.annotate(lower=Lower("key"))
    known = sorted(set(rows.values_list("lower", flat=True)))
    return rows.filter(lower__in=comma_list(text, "severity", known))


def team_of(user: User, slug: str) -> Team:
    """The team named, or the only one to which `user` may add products."""
    if slug:
        found = teams_of(user).filter(slug=slug).first()
        if found is None:
            raise ValidationError({"team": _("There is no team “%(slug)s” here.") % {"slug": slug}})
        return found
    mine = [team for team in teams_of(user) if allowed(user, "add_product", team)]
    if len(mine) != 1:
        slugs = ", ".join(team.slug for team in mine)
        raise ValidationError({"team": _("Say which team: %(slugs)s.") % {"slugs": slugs}})
    return mine[0]


def process_of(key: str) -> Process:
    """The process that a body names, in any case. ValidationError on `process` with those there are."""
    found = Process.objects.exclude(current=None).filter(key__iexact=key).first()
    if found is None:
        keys = ", ".join(Process.objects.exclude(current=None).values_list("key", flat=True))
        raise ValidationError({"process": _("There are these processes: %(keys)s.") % {"keys": keys}})
    return found
