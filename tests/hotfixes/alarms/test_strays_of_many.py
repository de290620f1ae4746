"""Now asks for strays at each refresh: what they cost does not grow with the products that one may see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation import moment
from hotfixes.alarms.alarms import of_user
from hotfixes.alarms.strays import strays
from hotfixes.models import RefObservation
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.hotfixes.observing.watched import connected

pytestmark = pytest.mark.django_db


def _count(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask()
    return len(asked)


def test_two_hundred_quiet_products_cost_as_many_queries_as_one() -> None:
    product, user = make_product(name="Krow", slug="krow", version="0.1.0"), make_user()
    join(user, product.team)
    product.repository = connected(product, "file:///srv/krow.git")
    product.save()
    assert _count(lambda: of_user(user)) == 6
    facts = {
        "team": product.team,
        "process": product.process,
        "version": "1.0.0",
        "repository": product.repository,
    }
    Product.objects.bulk_create(Product(name=f"P{n}", slug=f"p{n}", **facts) for n in range(199))
    assert _count(lambda: of_user(user)) == 6


def test_only_products_of_which_something_was_seen_lately_are_read_whole() -> None:
    product = make_product(name="Krow", slug="krow", version="0.1.0")
    product.policy = {"tag": "{product}/prod-v{new}"}
    product.repository = connected(product, "file:///srv/krow.git")
    product.save()
    others = [make_product(product.team, name=f"P{n}", slug=f"p{n}") for n in range(3)]
    for other in others:
        other.repository = connected(other, f"file:///srv/{other.slug}.git")
        other.save()
    now = moment.now()
    for days, name in ((30, "refs/tags/krow/prod-v0.1.0"), (1, "refs/tags/krow/prod-v0.1.1")):
        RefObservation.objects.create(
            repository=product.repository, name=name, kind="created", oid="a" * 40, commit="a" * 40,
            seen_at=now - timedelta(days=days),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        found = strays(Product.objects.with_process())
    assert [(one.product, one.name, one.version) for one in found] == [(product, "krow/prod-v0.1.1", "0.1.1")]
    whole = [query["sql"] for query in asked if '"document"' in query["sql"]]
    assert len(whole) == 1
    assert f'"products_product"."id" IN ({product.pk})' in whole[0]
