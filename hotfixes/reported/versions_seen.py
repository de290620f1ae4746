"""A note of a script that asked a running service for its version (K56, A38)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hotfixes.reported.deployments import environment_of
from products.models import Environment, Product, VersionSeen
from products.versions_seen import see
from products.vocabulary import EnvironmentKind


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
