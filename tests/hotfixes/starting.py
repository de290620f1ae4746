"""A hotfix under way, without a repository."""

from accounts.models import User
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product


def critical(product: Product, by: User) -> Incident:
    severity = product.severities().get(key="CRITICAL")
    return declare(product, by=by, title="Sign-in fails", severity=severity)


def begun(product: Product, by: User) -> Hotfix:
    product.version = "0.1.0"
    product.save()
    return Hotfix.objects.for_page().get(pk=start(critical(product, by), by=by).pk)
