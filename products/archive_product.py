"""Archive a product and bring it back. Its incidents and address stay; it is no longer offered."""

import structlog
from django.db import transaction

from accounts.models import User
from foundation import moment
from products import repositories
from products.aliases import refuse_taken
from products.announcing import shown_anew
from products.models import Product
from products.slugs import lock_names

_log = structlog.get_logger(__name__)


@transaction.atomic
def archive_product(product: Product, *, by: User) -> None:
    """Does nothing to one that is archived already."""
    changed = Product.objects.filter(pk=product.pk, archived_at=None).update(archived_at=moment.now())
    product.refresh_from_db(fields=["archived_at"])
    if changed:
        _tell(product)
        _log.info("product.archived", product=product.slug, by=by.pk)


@transaction.atomic
def restore_product(product: Product, *, by: User) -> None:
    """Raises ValidationError when the team has given its name to another product meanwhile."""
    lock_names()
    refuse_taken(product, product.name, field="name")
    product.archived_at = None
    product.save(update_fields=["archived_at"])
    _tell(product)
    _log.info("product.restored", product=product.slug, by=by.pk)


def _tell(product: Product) -> None:
    """Its repository is read for active products only."""
    shown_anew(product)
    if product.repository:
        repositories.tell(product.repository)
