"""A team with a responder and a product on the shipped Krow process.

A file none of whose tests commits makes them once: `pytestmark = pytest.mark.usefixtures("house")`; with the incident
that nearly all of its tests begin with, `usefixtures("declared")`. Where they begin later in its story, the file has a
`declared` of its own, by `begin` and the verbs up to there.
"""

from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.models import User
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.houses import of_house


@dataclass(frozen=True)
class House:
    product: Product
    ada: User


@pytest.fixture(scope="module")
def house(undone: None) -> House:
    product = make_product()
    return House(product, _ada(product))


@pytest.fixture(scope="module")
def declared(house: House) -> Incident:
    return begin(house.product, house.ada)


@pytest.fixture
def product(request: pytest.FixtureRequest, db: None) -> Product:
    return of_house(request, "product", make_product)


@pytest.fixture
def ada(request: pytest.FixtureRequest, product: Product) -> User:
    return of_house(request, "ada", lambda: _ada(product))


def _ada(product: Product) -> User:
    user = make_user("ada@example.test")
    join(user, product.team)
    return user


@pytest.fixture
def ben(product: Product) -> User:
    user = make_user("ben@example.test")
    join(user, product.team)
    return user


@pytest.fixture
def outsider(db: None) -> User:
    return make_user("olga@example.test")


@pytest.fixture
def incident(request: pytest.FixtureRequest, product: Product, ada: User) -> Incident:
    if "declared" not in request.fixturenames:
        return begin(product, ada)
    known = Incident.objects.select_related("product__team", "severity", "process_version")
    return known.get(pk=request.getfixturevalue("declared").pk)


def begin(product: Product, ada: User) -> Incident:
    return declare(product, by=ada, title="Sign-in fails", severity=product.severities().get(key="CRITICAL"))


@pytest.fixture
def phone(ada: User) -> Client:
    """Ada's browser, signed in."""
    client = Client()
    client.force_login(ada)
    return client
