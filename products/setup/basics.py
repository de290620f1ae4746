"""Step 1: name, process, version. Its page is the product's own form."""

from django.utils.translation import gettext_lazy as _

from products.in_production import in_production
from products.models import Product
from products.setup.sections import PRODUCT, Item, Section


def _named(product: Product) -> bool:
    return True


def _version(product: Product) -> bool:
    return bool(in_production(product).version)


SECTION = Section(
    "basics",
    PRODUCT,
    10,
    (
        Item("name", _("Name and process"), "", _named),
        Item("version", _("Version in production"), _("Say which version runs: a hotfix counts on from it."), _version),
    ),
)  # fmt: skip
