"""The other names of a product (C8): Staff Mobile, Worker Mobile, krow-withus-worker-mobile."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from foundation.text import plain_text
from products.models import Product

MOST = 20
LONGEST = 80


def called(products: QuerySet[Product], name: str) -> Product | None:
    """Whom people mean by a name or another name (C8); None if that is not just one."""
    wanted = " ".join(name.casefold().split())
    found = [one for one in products if wanted in {each.casefold() for each in (one.name, *one.aliases)}]
    return found[0] if len(found) == 1 else None


def tag_name(document: Mapping[str, Any], known_as: list[str]) -> str:
    """What the tags of a product begin with: a name of its own that the process's set-up uses in tags (C8).

    A product that merely bears the name of one the process speaks of may be quite another: its tags are not guessed.
    """
    wanted = {name.casefold() for name in known_as}
    names = [
        str(product.get("tag_name") or "") for product in (document.get("setup") or {}).get("products", [])
    ]
    return next((name for name in names if name.casefold() in wanted), "")


def clean_aliases(product: Product, aliases: Iterable[str]) -> list[str]:
    """In the order given, without empty lines, repeats and the product's own name.

    Raises ValidationError on `aliases` for text that is unfit, too much of it, or a name that another product of the
    same team answers to: a name must lead to one product.
    """
    found: dict[str, str] = {}
    for alias in aliases:
        words = " ".join(alias.split())
        if words and words.casefold() != product.name.casefold():
            found.setdefault(words.casefold(), _fit(words))
    if len(found) > MOST:
        raise ValidationError({"aliases": _("At most %(count)s other names.") % {"count": MOST}})
    for alias in found.values():
        refuse_taken(product, alias, field="aliases")
    return list(found.values())


def refuse_taken(product: Product, name: str, *, field: str) -> None:
    """Raises ValidationError on `field` when an active product of the same team answers to `name` already."""
    others = Product.objects.active().filter(team=product.team).exclude(pk=product.pk)
    other = others.named(name).first()
    if other:
        words = {"name": name, "other": other.name}
        raise ValidationError(
            {field: _("“%(name)s” is a name of %(other)s already. Choose another one.") % words}
        )


def _fit(alias: str) -> str:
    try:
        plain_text(alias)
    except ValidationError as error:
        raise ValidationError({"aliases": error}) from None
    if len(alias) > LONGEST:
        raise ValidationError({"aliases": _("A name has at most %(count)s characters.") % {"count": LONGEST}})
    return alias
