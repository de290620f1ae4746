"""Creating a product: its slug, its production environment, its names."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Team
from products.aliases import tag_name
from products.models import Product
from tests.factories import make_product, make_team


def test_it_gets_a_slug_and_a_production_environment(product: Product) -> None:
    """K17: there is always production."""
    assert product.slug == "staff-mobile"
    assert list(product.environments.values_list("slug", "name", "kind")) == [
        ("production", "Production", "production")
    ]


def test_it_offers_the_severities_of_its_process_in_order(product: Product) -> None:
    """K15."""
    assert [severity.key for severity in product.severities()] == ["CRITICAL", "HIGH", "MEDIUM"]


def test_each_of_its_names_leads_to_it(product: Product) -> None:
    """C8, K16: one product, three names."""
    for name in ("Staff Mobile", "worker mobile", "KROW-withus-worker-mobile", "staff-mobile"):
        assert Product.objects.called(name).get() == product
    for name in ("Worker", "Mobile", "%", "Worker Mobile\\", '"', ""):
        assert not Product.objects.called(name).exists()


def test_its_tags_are_named_by_what_its_settings_say_and_never_guessed(product: Product) -> None:
    """C8: a product that only bears the name of one the process speaks of is named by its own address."""
    assert product.process.current
    document = product.process.current.document
    assert tag_name(document, [product.name, *product.aliases]) == "krow-withus-worker-mobile"
    assert tag_name(document, ["Staff Mobile", "Worker Mobile"]) == ""


def test_two_teams_may_use_one_name_and_get_two_addresses(product: Product) -> None:
    other = make_product(make_team("logistics"), name="Staff Mobile")
    assert other.slug == "staff-mobile-2"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Café Über 24/7", "cafe-uber-247"),
        ("支払い", "product"),
        ("New", "new-2"),
        ("x" * 80, "x" * 60),
        ("--", "product"),
    ],
)
def test_any_name_makes_an_address(team: Team, name: str, slug: str) -> None:
    assert make_product(team, name=name).slug == slug


def test_a_name_of_the_team_is_refused_a_second_time(product: Product) -> None:
    for name in ("staff MOBILE", "Worker Mobile"):
        with pytest.raises(ValidationError) as refused:
            make_product(product.team, name=name)
        assert refused.value.message_dict["name"] == [
            f"“{name}” is a name of Staff Mobile already. Choose another one."
        ]
    assert Product.objects.count() == 1


def test_an_alias_of_another_product_is_refused(product: Product) -> None:
    with pytest.raises(ValidationError) as refused:
        make_product(product.team, name="Client Mobile", aliases=["staff mobile"])
    assert list(refused.value.message_dict) == ["aliases"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "ok", "aliases": ["a\x00b"]}, "aliases"),
        ({"name": "ok", "aliases": ["x" * 81]}, "aliases"),
        ({"name": "ok", "aliases": [f"name {n}" for n in range(21)]}, "aliases"),
        ({"name": "ok", "version": "v" * 41}, "version"),
        ({"name": "ok", "first_release": "\u202e1.0"}, "first_release"),
    ],
)
def test_unfit_text_is_told_by_field_and_stores_nothing(
    team: Team, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        make_product(team, **facts)
    assert list(refused.value.message_dict) == [field]
    assert Product.objects.count() == 0


def test_aliases_lose_empty_lines_repeats_and_the_name_itself(team: Team) -> None:
    product = make_product(team, name="Web", aliases=["", " Front  end ", "front end", "WEB", "Site"])
    assert product.aliases == ["Front end", "Site"]


def test_the_database_refuses_two_active_products_of_one_name(product: Product) -> None:
    twin = Product(name="staff mobile", slug="twin", team=product.team, process=product.process)
    with pytest.raises(IntegrityError, match="one_product_per_name"), transaction.atomic():
        twin.save()
