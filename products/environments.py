"""Where a product runs."""

from collections.abc import Sequence

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.text import plain_text, single_line
from products.models import Environment, Product
from products.slugs import free_slug
from products.vocabulary import EnvironmentKind

_log = structlog.get_logger(__name__)
MOST_HOSTS = 20
LONGEST_HOST = 200


@transaction.atomic
def add_environment(
    product: Product, *, name: str, kind: EnvironmentKind | str, by: User, hosts: Sequence[str] = ()
) -> Environment:
    """Raises ValidationError by field: a name the product has already, unfit text, an unknown kind."""
    # Of the row that is held: who came with the product may have read its places before it was their turn.
    held = Product.objects.select_for_update().get(pk=product.pk)
    name = " ".join(name.split())
    present = {each.slug: each.name.casefold() for each in held.environments.all()}
    if name.casefold() in present.values():
        raise ValidationError({"name": _("This product has an environment of this name.")})
    environment = Environment(product=product, slug=free_slug(name, present, str(kind)))
    _fill(environment, name, kind, hosts)
    environment.save()
    _log.info("environment.added", product=product.slug, environment=environment.slug, by=by.pk)
    return environment


@transaction.atomic
def change_environment(
    environment: Environment,
    *,
    name: str,
    kind: EnvironmentKind | str,
    by: User,
    hosts: Sequence[str] | None = None,
) -> None:
    """Its slug stays: scripts go on knowing it by that. `hosts` None leaves them. Raises ValidationError by field."""
    product = Product.objects.select_for_update().get(pk=environment.product_id)
    name = " ".join(name.split())
    if product.environments.exclude(pk=environment.pk).filter(name__iexact=name).exists():
        raise ValidationError({"name": _("This product has an environment of this name.")})
    _fill(environment, name, kind, environment.hosts if hosts is None else hosts)
    environment.save(update_fields=["name", "kind", "hosts"])
    _log.info("environment.changed", product=product.slug, environment=environment.slug, by=by.pk)


@transaction.atomic
def remove_environment(environment: Environment, *, by: User) -> None:
    """Raises ValidationError on `name`: incidents happened there, or it is the last one."""
    product = Product.objects.select_for_update().get(pk=environment.product_id)
    if not product.environments.exclude(pk=environment.pk).exists():
        raise ValidationError({"name": _("A product runs somewhere: keep at least one.")})
    try:
        with transaction.atomic():
            environment.delete()
    except ProtectedError:
        raise ValidationError({"name": _("Incidents happened there, so it stays.")}) from None
    _log.info("environment.removed", product=product.slug, environment=environment.slug, by=by.pk)


def _fill(environment: Environment, name: str, kind: EnvironmentKind | str, hosts: Sequence[str]) -> None:
    environment.name, environment.kind = name, kind
    environment.hosts = _hosts(hosts)
    environment.full_clean(validate_constraints=False)


def _hosts(hosts: Sequence[str]) -> list[str]:
    """Without repeats. Raises ValidationError on `hosts`."""
    found = list(dict.fromkeys(words for host in hosts if (words := " ".join(host.split()))))
    if len(found) > MOST_HOSTS or any(len(host) > LONGEST_HOST for host in found):
        limits = {"most": MOST_HOSTS, "long": LONGEST_HOST}
        raise ValidationError({"hosts": _("At most %(most)s hosts of %(long)s characters.") % limits})
    try:
        for host in found:
            plain_text(host)
            single_line(host)
    except ValidationError as error:
        raise ValidationError({"hosts": error.messages}) from None
    return found
