"""How set-up ends: an item is right as it is, or the person wants to be asked no more."""

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from products.models import Product
from products.setup.sections import item_keys, progress

_log = structlog.get_logger(__name__)


@transaction.atomic
def settle(product: Product, item: str, *, by: User) -> None:
    """Nothing is to be added there. Raises ValidationError for something that set-up does not ask."""
    if item not in item_keys():
        raise ValidationError(_("There is nothing of this name to set up."))
    if note(product, item):
        _log.info("setup.settled", product=product.slug, item=item, by=by.pk)
    close_if_complete(product, by=by)


@transaction.atomic
def note(product: Product, item: str) -> bool:
    """Writes down that `item` was answered, beside what others settle at this moment. False: it was before."""
    product.settled = list(Product.objects.select_for_update().get(pk=product.pk).settled)
    if item in product.settled:
        return False
    product.settled.append(item)
    product.save(update_fields=["settled"])
    return True


def close_if_complete(product: Product, *, by: User) -> None:
    """Once everything is set up it is over for good: what goes missing later is not asked for here again."""
    if product.set_up_at is None and progress(product).complete:
        finish(product, by=by)


def finish(product: Product, *, by: User) -> None:
    """Ask no more, whatever is missing."""
    Product.objects.filter(pk=product.pk, set_up_at=None).update(set_up_at=moment.now())
    product.refresh_from_db(fields=["set_up_at"])
    _log.info("setup.finished", product=product.slug, by=by.pk)
