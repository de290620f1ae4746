"""Editing a product: a new name gives a new address and the old one leads on."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from products.archive_product import archive_product
from products.edit_product import edit_product
from products.models import Process, Product, ProductSlug
from products.setup.settling import settle
from tests.factories import make_product
from tests.products.conftest import signed_in


def edit(product: Product, by: User, **facts: Any) -> None:
    edit_product(
        product,
        by=by,
        **{"name": product.name, "process": product.process, "aliases": product.aliases, **facts},
    )


def test_a_rename_moves_the_address_and_the_old_one_redirects(product: Product, manager: User) -> None:
    edit(product, manager, name="Crew Mobile")
    assert product.slug == "crew-mobile"
    response = signed_in(manager).get("/products/staff-mobile/")
    assert (response.status_code, response["Location"]) == (302, "/products/crew-mobile/")


def test_a_name_is_one_line(product: Product, manager: User) -> None:
    edit_product(product, name=" Worker\n app ", process=product.process, by=manager)
    assert Product.objects.get(pk=product.pk).name == "Worker app"


def test_renaming_back_takes_the_old_address_again(product: Product, manager: User) -> None:
    edit(product, manager, name="Crew Mobile")
    edit(product, manager, name="Staff Mobile")
    assert product.slug == "staff-mobile"
    assert sorted(ProductSlug.objects.values_list("slug", flat=True)) == ["crew-mobile", "staff-mobile"]
    assert signed_in(manager).get("/products/crew-mobile/")["Location"] == "/products/staff-mobile/"


def test_a_former_address_is_never_given_to_another_product(product: Product, manager: User) -> None:
    edit(product, manager, name="Crew Mobile")
    assert make_product(product.team, name="Staff Mobile").slug == "staff-mobile-2"


def test_a_former_address_does_not_tell_outsiders_where_it_leads(
    product: Product, manager: User, outsider: User
) -> None:
    edit(product, manager, name="Crew Mobile")
    assert signed_in(outsider).get("/products/staff-mobile/").status_code == 404


def test_another_process_brings_other_severities(product: Product, manager: User) -> None:
    edit(product, manager, process=Process.objects.get(key="archy"))
    assert [severity.key for severity in Product.objects.get().severities()] == ["P0", "P1", "P2", "P3"]


def test_a_taken_name_changes_nothing(product: Product, manager: User) -> None:
    make_product(product.team, name="Web")
    with pytest.raises(ValidationError):
        edit(product, manager, name="Web")
    assert Product.objects.get(pk=product.pk).name == "Staff Mobile"


def test_a_rename_takes_back_nothing_that_others_did_meanwhile(product: Product, manager: User) -> None:
    stale = Product.objects.get(pk=product.pk)
    settle(product, "contacts", by=manager)
    archive_product(product, by=manager)
    edit(stale, manager, name="Crew Mobile")
    now = Product.objects.get(pk=product.pk)
    assert (now.slug, now.settled, now.archived_at is not None) == ("crew-mobile", ["contacts"], True)
