"""Each report of a deployment is looked at once for what follows from it elsewhere, whatever becomes of the others."""

from collections.abc import Iterator

import pytest
from django.db import connection

from hotfixes.deployments import taken_back
from products.models import Deployment, Product
from tests.hotfixes.rollback.test_ways import deployed


@pytest.fixture
def refused(product: Product) -> Iterator[Deployment]:
    """The table itself does not let it be marked as looked at."""
    made = deployed(product, "0.1.0", 1, status="started")
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE products_deployment ADD CONSTRAINT refused "
            f"CHECK (id <> {made.pk} OR handled_at IS NULL)"
        )
    yield made
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE products_deployment DROP CONSTRAINT refused")


@pytest.mark.django_db(transaction=True)
def test_a_report_that_cannot_be_looked_at_keeps_no_other_waiting(
    product: Product, refused: Deployment
) -> None:
    other = deployed(product, "0.1.1", 1, status="started")
    assert taken_back.take_in() == 1
    for one in (refused, other):
        one.refresh_from_db()
    assert (refused.handled_at is None, other.handled_at is None) == (True, False)
