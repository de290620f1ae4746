"""The parts of a product and where it runs keep their keys, whatever people call them (A43, A44)."""

from collections.abc import Sequence

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from products.components import set_components
from products.environments import add_environment
from products.models import Product


def parts(product: Product) -> list[tuple[str, str]]:
    return list(product.components.values_list("slug", "name"))


def put(product: Product, names: Sequence[str], by: User) -> None:
    set_components(product, [("", name) for name in names], by=by)


def test_names_without_latin_letters_are_parts_of_their_own(product: Product, manager: User) -> None:
    put(product, ["Прошивка", "数据库", "App"], manager)
    assert parts(product) == [("part", "Прошивка"), ("part-2", "数据库"), ("app", "App")]
    put(product, ["数据库", "Прошивка"], manager)
    assert parts(product) == [("part-2", "数据库"), ("part", "Прошивка")]


def test_two_names_that_read_alike_in_an_address_are_two_parts(product: Product, manager: User) -> None:
    put(product, ["App (iOS)", "App iOS"], manager)
    assert parts(product) == [("app-ios", "App (iOS)"), ("app-ios-2", "App iOS")]
    put(product, ["App iOS", "App (iOS)"], manager)
    assert parts(product) == [("app-ios-2", "App iOS"), ("app-ios", "App (iOS)")]


def test_a_part_that_is_written_otherwise_keeps_its_key(product: Product, manager: User) -> None:
    put(product, ["Back-end"], manager)
    put(product, ["Back end"], manager)
    assert parts(product) == [("back-end", "Back end")]


def test_the_same_name_twice_is_refused_and_nothing_changes(product: Product, manager: User) -> None:
    put(product, ["App"], manager)
    with pytest.raises(ValidationError) as refused:
        put(product, ["Api", "api"], manager)
    assert refused.value.message_dict == {"components": ["“api” stands here twice."]}
    assert parts(product) == [("app", "App")]


def test_environments_without_latin_letters_are_places_of_their_own(product: Product, manager: User) -> None:
    for name in ("Боевой сервер", "本番", "Prod (EU)", "Prod EU"):
        add_environment(product, name=name, kind="production", by=manager)
    assert list(product.environments.values_list("slug", "name")) == [
        ("production", "Production"),
        ("production-2", "Боевой сервер"),
        ("production-3", "本番"),
        ("prod-eu", "Prod (EU)"),
        ("prod-eu-2", "Prod EU"),
    ]
    with pytest.raises(ValidationError, match="an environment of this name"):
        add_environment(product, name="prod eu", kind="production", by=manager)
