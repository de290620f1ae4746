"""Ada leads and resolves, Ben is her teammate, Olga (listed as Product Owner) decides; a product by Krow."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Role, User
from hotfixes.decision.decide import decide
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product, RoleHolder
from tests.factories import join, make_product, make_user
from tests.houses import of_house


@dataclass(frozen=True)
class House:
    product: Product
    ada: User
    ben: User
    olga: User
    incident: Incident


def resolved_house() -> House:
    """What a file whose tests all begin with a resolved incident makes once, as its module-wide fixture `house`."""
    made = make_product()
    ada, ben, olga = (_person(made, name) for name in ("ada", "ben", "olga"))
    return House(made, ada, ben, olga, _over(_incident(made, ada, olga), ada))


@pytest.fixture
def product(request: pytest.FixtureRequest, db: None) -> Product:
    return of_house(request, "product", make_product)


@pytest.fixture
def ada(request: pytest.FixtureRequest, product: Product) -> User:
    return of_house(request, "ada", lambda: _person(product, "ada"))


@pytest.fixture
def ben(request: pytest.FixtureRequest, product: Product) -> User:
    return of_house(request, "ben", lambda: _person(product, "ben"))


@pytest.fixture
def olga(request: pytest.FixtureRequest, product: Product) -> User:
    return of_house(request, "olga", lambda: _person(product, "olga"))


def _person(product: Product, name: str) -> User:
    user = make_user(f"{name}@example.test")
    if name == "olga":
        join(user, product.team, Role.VIEWER)
        RoleHolder.objects.create(product=product, role="product_owner", user=user, position=1)
    else:
        join(user, product.team)
    return user


@pytest.fixture
def incident(product: Product, ada: User, olga: User) -> Incident:
    return _incident(product, ada, olga)


def _incident(product: Product, ada: User, olga: User) -> Incident:
    """Open, decided on, with a note."""
    made = declare(product, by=ada, title="Sign-in fails", severity=product.severities().get(key="CRITICAL"))
    transitions.acknowledge(made, by=ada)
    transitions.note(made, by=ada, text="The guard is **null**.")
    decide(made, by=olga, choice="hotfix", reason="One line mends it.")
    return made


@pytest.fixture
def over(request: pytest.FixtureRequest, product: Product, ada: User) -> Incident:
    """The same, resolved."""
    if "house" in request.fixturenames:
        return Incident.objects.for_page().get(pk=request.getfixturevalue("house").incident.pk)
    return _over(request.getfixturevalue("incident"), ada)


def _over(incident: Incident, ada: User) -> Incident:
    transitions.mitigate(incident, by=ada, text="Switched off.")
    transitions.resolve(incident, by=ada, text="The fix is out.")
    return Incident.objects.for_page().get(pk=incident.pk)


@pytest.fixture
def private(product: Product, ada: User) -> Incident:
    severity = product.severities().get(key="CRITICAL")
    made = declare(product, by=ada, title="Okapi data leaked", severity=severity, private=True)
    transitions.resolve(made, by=ada, text="Okapi key revoked.")
    return Incident.objects.for_page().get(pk=made.pk)


def reader(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


DAY = timedelta(days=1)
KEYS = ("root_cause", "why_not_caught", "missed_testing")
