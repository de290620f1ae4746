"""Edit a product. A new name gives a new slug; the old one leads on."""

from collections.abc import Sequence

import structlog
from django.db import transaction

from accounts.models import User
from products.aliases import clean_aliases, refuse_taken
from products.announcing import shown_anew
from products.models import Process, Product
from products.slugs import lock_names, save_with_slug
from products.versions import check_version

_log = structlog.get_logger(__name__)


@transaction.atomic
def edit_product(
    product: Product,
    *,
    by: User,
    name: str,
    process: Process,
    aliases: Sequence[str] = (),
    first_release: str = "",
    version: str = "",
    call: str | None = None,
) -> None:
    """Raises ValidationError by field, as `create_product` does. Incidents that run keep the version they pinned.

    `call` None leaves it.
    """
    lock_names()
    name = " ".join(name.split())
    renamed = product.name != name
    product.name, product.process = name, process
    product.first_release = _checked(first_release, product.first_release, "first_release")
    product.version = _checked(version, product.version, "version")
    if call is not None:
        product.call = call.strip()
    product.aliases = clean_aliases(product, aliases)
    product.full_clean(exclude=["slug"], validate_constraints=False)
    refuse_taken(product, product.name, field="name")
    # Never all of them: somebody may archive it or go on setting it up at this moment.
    changed = ["process", "first_release", "version", "aliases", "call"]
    if renamed:
        save_with_slug(product, fields=changed)
    else:
        product.save(update_fields=changed)
    shown_anew(product)
    _log.info("product.edited", product=product.slug, by=by.pk)


def _checked(given: str, was: str, field: str) -> str:
    """What stood there before the check came stays until somebody changes it: nothing else would be kept either."""
    return was if given.strip() == was else check_version(given, field)
