"""The address of a product: made from its name, never given to another product, old ones lead on."""

from collections.abc import Container, Iterator, Sequence
from itertools import count

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext as _

from products.models import Product, ProductSlug

# Words that are pages of /products/ themselves.
RESERVED = {"new"}
LONGEST = 60
_LOCK = 7_390_001


def lock_names() -> None:
    """Until the transaction ends nobody else names a product, so what is free when asked is free when stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def save_with_slug(product: Product, wanted: str = "", *, fields: Sequence[str] | None = None) -> None:
    """Save `product` under the slug of its name; one that another product has or had gets "-2", "-3" … behind it.

    Runs in the caller's transaction, after `lock_names`. The former slug stays and leads here. With `wanted`
    under that one: raises ValidationError where it is taken. `fields` are written beside name and slug; None for all.
    """
    if wanted and not _free(wanted, product):
        raise ValidationError(
            {"slug": _("Another product has or had the address “%(slug)s”.") % {"slug": wanted}}
        )
    product.slug = wanted or next(slug for slug in _candidates(product.name) if _free(slug, product))
    product.save(update_fields=None if fields is None else ["name", "slug", *fields])
    ProductSlug.objects.get_or_create(slug=product.slug, defaults={"product": product})


def _free(slug: str, product: Product) -> bool:
    return (
        slug not in RESERVED
        and not ProductSlug.objects.filter(slug=slug).exclude(product=product.pk).exists()
    )


def free_slug(name: str, taken: Container[str], otherwise: str) -> str:
    """Of something that a product has: the first that is free. `otherwise` where the name has no Latin letter."""
    return next(slug for slug in _candidates(name, otherwise) if slug not in taken)


def _candidates(name: str, otherwise: str = "product") -> Iterator[str]:
    base = slugify(name)[:LONGEST].strip("-") or otherwise
    yield base
    for number in count(2):
        end = f"-{number}"
        yield base[: LONGEST - len(end)] + end
