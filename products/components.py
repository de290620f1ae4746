"""The parts of a product that are built and delivered by themselves (A43)."""

from collections.abc import Sequence

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from products.models import Component, Product

_log = structlog.get_logger(__name__)
MOST = 40


@transaction.atomic
def set_components(product: Product, components: Sequence[tuple[str, str]], *, by: User) -> None:
    """Exactly these, in this order: (slug, name); slug "" makes one of the name, and finds the part of that name again.

    Raises ValidationError on `components`: two of a name, unfit text, too many.
    """
    Product.objects.select_for_update().get(pk=product.pk)
    if len(components) > MOST:
        raise ValidationError({"components": _("At most %(most)s components.") % {"most": MOST}})
    known = {component.slug: component for component in product.components.all()}
    kept: list[str] = []
    for position, (slug, name) in enumerate(components, 1):
        name = " ".join(name.split())
        slug = slug or _slug(name, known)
        component = known.get(slug) or Component(product=product, slug=slug)
        component.name, component.position = name, position
        if slug in kept:
            raise ValidationError({"components": _("“%(name)s” stands here twice.") % {"name": name}})
        _check(component)
        component.save()
        kept.append(slug)
    product.components.exclude(slug__in=kept).delete()
    _log.info("components.set", product=product.slug, components=kept, by=by.pk)


def _slug(name: str, known: dict[str, Component]) -> str:
    same = [slug for slug, component in known.items() if component.name.casefold() == name.casefold()]
    return same[0] if same else slugify(name)[:60] or "part"


def _check(component: Component) -> None:
    try:
        component.full_clean(exclude=["product"], validate_constraints=False)
    except ValidationError as error:
        raise ValidationError({"components": error.messages}) from None
