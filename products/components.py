"""The parts of a product that are built and delivered by themselves (A43)."""

from collections.abc import Sequence

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from products.models import Component, Product
from products.slugs import free_slug

_log = structlog.get_logger(__name__)
MOST = 40


@transaction.atomic
def set_components(product: Product, components: Sequence[tuple[str, str]], *, by: User) -> None:
    """Exactly these, in this order: (slug, name); slug "" makes one of the name, and finds the part of that name again.

    Raises ValidationError on `components`: two of a name, unfit text, too many.
    """
    # Of the row that is held: who came with the product may have read its parts before it was their turn.
    held = Product.objects.select_for_update().get(pk=product.pk)
    if len(components) > MOST:
        raise ValidationError({"components": _("At most %(most)s components.") % {"most": MOST}})
    known = {component.slug: component for component in held.components.all()}
    wanted = [(slug, " ".join(name.split())) for slug, name in components]
    # What is given by its slug, or by the name it has, is nobody else's.
    taken = {slug for slug, _name in wanted if slug} | {
        slug for _slug, name in wanted if (slug := _known(name, known))
    }
    kept: list[str] = []
    for position, (slug, name) in enumerate(wanted, 1):
        slug = slug or _known(name, known) or free_slug(name, {*taken, *kept}, "part")
        component = known.get(slug) or Component(product=product, slug=slug)
        if slug in kept or name.casefold() in {one.casefold() for _slug, one in wanted[: position - 1]}:
            raise ValidationError({"components": _("“%(name)s” stands here twice.") % {"name": name}})
        component.name, component.position = name, position
        _check(component)
        component.save()
        kept.append(slug)
    product.components.exclude(slug__in=kept).delete()
    _log.info("components.set", product=product.slug, components=kept, by=by.pk)


def _known(name: str, known: dict[str, Component]) -> str:
    """The slug of the part that has this name; "" for none."""
    same = [slug for slug, component in known.items() if component.name.casefold() == name.casefold()]
    return same[0] if same else ""


def _check(component: Component) -> None:
    try:
        component.full_clean(exclude=["product"], validate_constraints=False)
    except ValidationError as error:
        raise ValidationError({"components": error.messages}) from None
