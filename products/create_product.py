"""Create a product: one team's, with a slug made from its name and production as its first environment."""

from collections.abc import Sequence

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Team, User
from products.aliases import clean_aliases
from products.models import Environment, EnvironmentKind, Process, Product
from products.slugs import claim_slug

_log = structlog.get_logger(__name__)


@transaction.atomic
def create_product(
    *,
    name: str,
    team: Team,
    process: Process,
    by: User,
    aliases: Sequence[str] = (),
    first_release: str = "",
    version: str = "",
) -> Product:
    """Raises ValidationError by field: a name the team uses already, an alias of another product, unfit text."""
    if process.current_id is None:
        raise ValidationError({"process": "This process has no version yet."})
    product = Product(name=name.strip(), team=team, process=process, first_release=first_release, version=version)
    product.aliases = clean_aliases(product, aliases)
    product.full_clean(exclude=["slug"])
    claim_slug(product)
    Environment.objects.create(
        product=product, slug="production", name="Production", kind=EnvironmentKind.PRODUCTION
    )
    _log.info("product.created", product=product.slug, team=team.slug, by=by.pk)
    return product
