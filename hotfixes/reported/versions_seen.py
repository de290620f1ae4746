"""Which version a running service says it is, as a script that asked it reports: a row per change (K56, A38)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation import moment
from hotfixes.reported.deployments import environment_of
from products.models import Environment, Product, VersionSeen
from products.vocabulary import EnvironmentKind


def see(product: Product, environment: Environment | None, *, where: str, version: str) -> VersionSeen:
    """In the caller's transaction. The same answer as last time only says that it still holds."""
    now = moment.now()
    places = VersionSeen.objects.select_for_update().filter(product=product, where=where)
    last = places.order_by("-pk").first()
    if last and last.version == version and last.environment == environment:
        last.seen_at = now
        last.save(update_fields=["seen_at"])
        return last
    return VersionSeen.objects.create(
        product=product, environment=environment, where=where, version=version, since=now, seen_at=now
    )


def from_note(product: Product, data: dict[str, Any]) -> VersionSeen | None:
    """A note with `version` and `where`, and `environment` unless it is production. None for any other note.

    Raises ValidationError on `data`.
    """
    version, where = data.get("version"), data.get("where")
    if not isinstance(version, str) or not isinstance(where, str) or not version.strip() or not where.strip():
        return None
    if len(version) > 80 or len(where) > 200:
        raise ValidationError({"data": _("A version has at most 80 characters, where it runs at most 200.")})
    named = data.get("environment")
    if isinstance(named, str) and named:
        try:
            environment: Environment | None = environment_of(product, named)
        except ValidationError as error:
            raise ValidationError({"data": error.messages}) from None
    else:
        environment = product.environments.filter(kind=EnvironmentKind.PRODUCTION).order_by("pk").first()
    return see(product, environment, where=where.strip(), version=version.strip())
