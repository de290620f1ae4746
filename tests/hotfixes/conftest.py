"""Olga decides (listed as Product Owner), Ada responds, on a product by Krow's process."""

import pytest

from accounts.models import Role, User
from incidents.declare import declare
from incidents.models import Incident
from products.models import Product, RoleHolder
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
    join(user := make_user("ben@example.test"), product.team)
    return user


@pytest.fixture
def olga(product: Product) -> User:
    user = make_user("olga@example.test")
    join(user, product.team, Role.VIEWER)
    RoleHolder.objects.create(product=product, role="product_owner", user=user, position=1)
    return user


@pytest.fixture
def incident(product: Product, ada: User, olga: User) -> Incident:
    return declare(product, by=ada, title="Sign-in fails", severity=product.severities().get(key="CRITICAL"))
