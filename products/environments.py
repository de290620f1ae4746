"""Where a product runs."""

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from products.models import Environment, Product
from products.vocabulary import EnvironmentKind

_log = structlog.get_logger(__name__)


@transaction.atomic
def add_environment(product: Product, *, name: str, kind: EnvironmentKind | str, by: User) -> Environment:
    """Raises ValidationError by field: a name the product has already, unfit text, an unknown kind."""
    Product.objects.select_for_update().get(pk=product.pk)
    name = " ".join(name.split())
    environment = Environment(product=product, name=name, kind=kind, slug=slugify(name)[:60] or kind)
    if product.environments.filter(slug=environment.slug).exists():
        raise ValidationError({"name": _("This product has an environment of this name.")})
    environment.full_clean()
    environment.save()
    _log.info("environment.added", product=product.slug, environment=environment.slug, by=by.pk)
    return environment
