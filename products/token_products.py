"""Narrowing a token to some products: it then sees nothing of the others, whatever its person may."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.tokens import bring, make_token
from products.models import Product, TokenProduct

_REACHED = "reached_products"


def make_narrow_token(
    user: User, *, by: User | None, name: str, scopes: Collection[str], products: Iterable[str] = (),
    days: int | None = None, until: datetime | None = None,
) -> tuple[ApiToken, str]:  # fmt: skip
    """A token and its text, for these products (slugs) only; for all that `user` sees when there are none.

    Raises ValidationError by field, for a product that `user` cannot see too.
    """
    wanted = set(products)
    found = list(Product.objects.visible_to(user).filter(slug__in=wanted))
    missing = sorted(wanted - {product.slug for product in found})
    if missing:
        words = {"user": user, "product": missing[0]}
        raise ValidationError({"products": _("%(user)s sees no product “%(product)s”.") % words})
    with transaction.atomic():
        token, text = make_token(user, by=by, name=name, scopes=scopes, days=days, until=until)
        TokenProduct.objects.bulk_create(TokenProduct(token=token, product=product) for product in found)
    return token, text


def products_of(token: ApiToken) -> frozenset[int]:
    """The ids of the products that the token is narrowed to, none for no narrowing. Known of one that a request came
    with; asked once of another.
    """
    known: list[int] | None = token.__dict__.get(_REACHED)
    if known is None:
        known = list(TokenProduct.objects.filter(token=token).values_list("product_id", flat=True))
        token.__dict__[_REACHED] = known
    return frozenset(known)


def narrowed[M: Model](rows: QuerySet[M], token: ApiToken, product: str = "product") -> QuerySet[M]:
    """`rows` without those of products that the token does not reach; `product` is the path to the product."""
    known = products_of(token)
    return rows.filter(**{f"{product}__in": known}) if known else rows


bring(_REACHED, ArraySubquery(TokenProduct.objects.filter(token=OuterRef("pk")).values("product_id")))
