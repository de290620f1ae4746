"""Products, processes and tokens for scripts. A token that is narrowed to some products sees no others."""

from products.api import contacts, drafts, processes, products, roles, texts, tokens
from products.api.lookup import SLUG, named_product, severities_of, severity_of
from products.api.routing import router

__all__ = [
    "SLUG",
    "contacts",
    "drafts",
    "named_product",
    "processes",
    "products",
    "roles",
    "router",
    "severities_of",
    "severity_of",
    "texts",
    "tokens",
]
