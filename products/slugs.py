"""The address of a product: made from its name, never given to another product, old ones lead on."""

from collections.abc import Iterator
from itertools import count

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from products.models import Product, ProductSlug

# Words that are pages of /products/ themselves.
RESERVED = {"new"}
LONGEST = 60


def claim_slug(product: Product) -> None:
    """Give `product` the slug of its name and save that; a taken one gets "-2", "-3" … behind it.

    Runs in the caller's transaction. The unique constraint decides between two that want the same slug.
    """
    for slug in _candidates(product.name):
        try:
            with transaction.atomic():
                _take(product, slug)
        except IntegrityError:
            continue
        return


def _take(product: Product, slug: str) -> None:
    product.slug = slug
    if product.pk is None:
        product.save()
        ProductSlug.objects.create(slug=slug, product=product)
        return
    if not ProductSlug.objects.filter(slug=slug, product=product).exists():
        ProductSlug.objects.create(slug=slug, product=product)
    product.save(update_fields=["slug"])


def _candidates(name: str) -> Iterator[str]:
    base = slugify(name)[:LONGEST].strip("-") or "product"
    if base not in RESERVED:
        yield base
    for number in count(2):
        end = f"-{number}"
        yield base[: LONGEST - len(end)] + end
