"""Archiving keeps everything and can be undone."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from products.archive_product import archive_product, restore_product
from products.models import Product
from tests.factories import make_product
from tests.products.conftest import signed_in


def test_an_archived_product_is_no_longer_offered_but_its_page_stays(product: Product, manager: User) -> None:
    response = signed_in(manager).post(f"/products/{product.slug}/archive/")
    assert response.status_code == 302
    assert not Product.objects.active().exists()
    page = signed_in(manager).get(f"/products/{product.slug}/")
    assert b"Bring it back" in page.content


def test_archiving_twice_keeps_the_first_moment(product: Product, manager: User) -> None:
    archive_product(product, by=manager)
    first = product.archived_at
    archive_product(product, by=manager)
    assert product.archived_at == first


def test_it_comes_back(product: Product, manager: User) -> None:
    archive_product(product, by=manager)
    signed_in(manager).post(f"/products/{product.slug}/restore/")
    assert Product.objects.active().get() == product


def test_it_cannot_come_back_while_another_has_its_name(product: Product, manager: User) -> None:
    archive_product(product, by=manager)
    make_product(product.team, name="Staff Mobile")
    with pytest.raises(ValidationError):
        restore_product(product, by=manager)
    response = signed_in(manager).post(f"/products/{product.slug}/restore/")
    assert response.status_code == 422
    assert "is a name of Staff Mobile already" in response.text


def test_a_link_cannot_archive(product: Product, manager: User) -> None:
    assert signed_in(manager).get(f"/products/{product.slug}/archive/").status_code == 405
    assert Product.objects.active().count() == 1
