"""Ada leads and resolves, Ben is her teammate, Olga (listed as Product Owner) decides; a product by Krow."""

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


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


@pytest.fixture
def ada(product: Product) -> User:
    join(user := make_user("ada@example.test"), product.team)
    return user


@pytest.fixture
def ben(product: Product) -> User:
    join(user := make_user("ben@example.test"), product.team)
    return user


@pytest.fixture
def olga(product: Product) -> User:
    join(user := make_user("olga@example.test"), product.team, Role.VIEWER)
    RoleHolder.objects.create(product=product, role="product_owner", user=user, position=1)
    return user


@pytest.fixture
def incident(product: Product, ada: User, olga: User) -> Incident:
    """Open, decided on, with a note."""
    made = declare(product, by=ada, title="Sign-in fails", severity=product.severities().get(key="CRITICAL"))
    transitions.acknowledge(made, by=ada)
    transitions.note(made, by=ada, text="The guard is **null**.")
    decide(made, by=olga, choice="hotfix", reason="One line mends it.")
    return made


@pytest.fixture
def over(incident: Incident, ada: User) -> Incident:
    """The same, resolved."""
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
