"""Create a product: one team's, with a slug made from its name and production as its first environment."""

from collections.abc import Sequence

import structlog
from django.db import transaction

from accounts.models import Team, User
from products.aliases import clean_aliases, refuse_taken
from products.announcing import shown_anew
from products.environments import add_environment
from products.models import Process, Product
from products.slugs import lock_names, save_with_slug
from products.versions import check_version
from products.vocabulary import EnvironmentKind

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
    call: str = "",
    slug: str = "",
) -> Product:
    """`slug` "" makes one of the name.

    Raises ValidationError by field: a name the team uses already, an alias of another product, unfit text.
    """
    lock_names()
    product = Product(
        name=" ".join(name.split()),
        team=team,
        process=process,
        first_release=check_version(first_release, "first_release"),
        version=check_version(version, "version"),
        call=call.strip(),
    )
    product.aliases = clean_aliases(product, aliases)
    product.full_clean(exclude=["slug"], validate_constraints=False)
    refuse_taken(product, product.name, field="name")
    save_with_slug(product, slug)
    add_environment(product, name="Production", kind=EnvironmentKind.PRODUCTION, by=by)
    shown_anew(product)
    _log.info("product.created", product=product.slug, team=team.slug, by=by.pk)
    return product
