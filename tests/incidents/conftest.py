"""A team with a responder and a product on the shipped Krow process."""

import pytest
from django.test import Client

from accounts.models import User
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product
from tests.factories import join, make_product, make_user


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


@pytest.fixture
def ada(product: Product) -> User:
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
def incident(product: Product, ada: User) -> Incident:
    return declare(product, by=ada, title="Sign-in fails", severity=product.severities().get(key="CRITICAL"))


@pytest.fixture
def phone(ada: User) -> Client:
    """Ada's browser, signed in."""
    client = Client()
    client.force_login(ada)
    return client
