"""Each report of a deployment is looked at once for what follows from it elsewhere, whatever becomes of the others."""

import pytest
from django.db import connection

from hotfixes.deployments import taken_back
from products.models import Product
from tests.hotfixes.rollback.test_ways import deployed


@pytest.mark.django_db
def test_a_report_that_cannot_be_looked_at_keeps_no_other_waiting(product: Product) -> None:
    """Whatever is wrong with it: here the table itself refuses the first one."""
    refused, other = (deployed(product, version, 1, status="started") for version in ("0.1.0", "0.1.1"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"ALTER TABLE products_deployment ADD CHECK (id <> {refused.pk} OR handled_at IS NULL)"
        )
    assert taken_back.take_in() == 1
    for one in (refused, other):
        one.refresh_from_db()
    assert (refused.handled_at is None, other.handled_at is None) == (True, False)
