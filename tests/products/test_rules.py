"""An outsider learns nothing, a viewer reads, a manager changes; processes are for everybody signed in."""

import pytest
from django.test import Client

from accounts.models import User
from products.models import Product
from tests.products.conftest import signed_in

GETS = ["/products/staff-mobile/", "/products/staff-mobile/edit/"]
POSTS = [
    "/products/staff-mobile/edit/",
    "/products/staff-mobile/archive/",
    "/products/staff-mobile/restore/",
    "/products/staff-mobile/environments/",
]


@pytest.mark.parametrize("address", GETS)
def test_an_outsider_gets_404_on_every_page(product: Product, outsider: User, address: str) -> None:
    assert signed_in(outsider).get(address).status_code == 404


@pytest.mark.parametrize("address", POSTS)
def test_an_outsider_gets_404_on_every_form(product: Product, outsider: User, address: str) -> None:
    assert signed_in(outsider).post(address, {"name": "Mine"}).status_code == 404
    assert Product.objects.get().name == "Staff Mobile"


def test_lists_of_an_outsider_do_not_name_it(product: Product, outsider: User) -> None:
    client = signed_in(outsider)
    for address in ("/products/", "/processes/krow/"):
        page = client.get(address)
        assert page.status_code == 200
        assert "/products/staff-mobile/" not in page.text


def test_a_viewer_reads_it(product: Product, viewer: User) -> None:
    page = signed_in(viewer).get("/products/staff-mobile/")
    assert page.status_code == 200
    assert "Edit" not in page.text


@pytest.mark.parametrize("address", POSTS)
def test_a_viewer_cannot_change_it(product: Product, viewer: User, address: str) -> None:
    assert signed_in(viewer).post(address, {"name": "Mine"}).status_code == 403
    assert (Product.objects.get().name, Product.objects.get().archived_at) == ("Staff Mobile", None)


def test_a_viewer_cannot_open_the_form_for_a_new_one(product: Product, viewer: User) -> None:
    assert signed_in(viewer).get("/products/new/").status_code == 403


def test_a_manager_cannot_add_to_a_team_of_others(product: Product, outsider: User, manager: User) -> None:
    facts = {"name": "Mine", "process": "krow", "team": product.team.slug}
    signed_in(outsider).post("/products/new/", facts)
    assert Product.objects.get(name="Mine").team.slug == "logistics"


def test_somebody_who_is_not_signed_in_is_asked_to(product: Product) -> None:
    for address in ("/products/", "/products/staff-mobile/", "/processes/", "/processes/krow/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].endswith(f"?next={address}")


def test_everybody_signed_in_reads_processes(product: Product, outsider: User) -> None:
    for address in ("/processes/", "/processes/krow/", "/processes/krow/1/", "/processes/krow/1/text"):
        assert signed_in(outsider).get(address).status_code == 200
