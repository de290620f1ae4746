"""How fixes of a product go through git: its process's policy, with what the product says otherwise."""

from typing import Any

from products.models import Process, Product
from products.process.schema.policy import PolicySpec


def policy_of(product: Product) -> PolicySpec:
    """What holds for a hotfix that starts now. Raises pydantic.ValidationError for what its schema refuses."""
    return PolicySpec.model_validate(joined(product))


def joined(product: Product) -> dict[str, Any]:
    """The same as data. An override replaces the whole entry of its name: its list of version files is all of them."""
    if not Product.process.is_cached(product):
        product.process = Process.objects.select_related("current").get(pk=product.process_id)
    version = product.process.current
    own = (version.document.get("policy") if version else None) or {}
    return {**own, **product.policy}
