"""What a process's tags call a product was taken from its name alone; now it stands among its other names.

So that no branch or tag changes its name, it is written down for the products that went by it.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MOST = 20


def say(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    products = apps.get_model("products", "Product").objects
    for product in products.exclude(process__current=None).select_related("process__current"):
        name = _tag_name(
            product.process.current.document, {product.name.casefold(), *map(str.casefold, product.aliases)}
        )
        taken = any(
            name.casefold() in {other.name.casefold(), *map(str.casefold, other.aliases)}
            for other in products.filter(team=product.team_id)
        )
        if name and not taken and len(product.aliases) < MOST:
            products.filter(pk=product.pk).update(aliases=[*product.aliases, name])


def _tag_name(document: dict, known_as: set[str]) -> str:
    for known in (document.get("setup") or {}).get("products", []):
        if known_as & {known["name"].casefold(), *map(str.casefold, known["aliases"])}:
            return str(known.get("tag_name") or "")
    return ""


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0012_longer_versions"),
    ]

    operations = [migrations.RunPython(say, migrations.RunPython.noop)]
