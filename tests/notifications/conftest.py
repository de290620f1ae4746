"""A product with three contacts, an incident to tell about, and this machine as the outside world.

A file none of whose tests commits makes the product once: `pytestmark = pytest.mark.usefixtures("house")`; with its
manager, whom everything that is told to a whole team is told too, `usefixtures("managed")`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from config.environment.mailers import mailers
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from notifications.models import Channel, Kind
from notifications.ways import add_channel
from products import contacts
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.houses import of_house
from tests.notifications.mailbox import Mailbox, mailbox

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def outside(settings: Settings) -> None:
    """127.0.0.2 is where messages may go; 127.0.0.1 is not."""
    settings.NIGHTDESK_WEBHOOK_NETWORKS = ["127.0.0.2/32"]


@dataclass(frozen=True)
class House:
    product: Product


@pytest.fixture(scope="module")
def house(undone: None) -> House:
    return House(make_product())


@pytest.fixture(scope="module")
def managed(house: House) -> User:
    return member(house.product, "mia", "manager")


@pytest.fixture
def product(request: pytest.FixtureRequest, db: None) -> Product:
    return of_house(request, "product", make_product)


def member(product: Product, name: str, role: str = "responder") -> User:
    user = make_user(f"{name}@example.test")
    join(user, product.team, role)
    return user


@pytest.fixture
def mia(request: pytest.FixtureRequest, product: Product) -> User:
    if "managed" not in request.fixturenames:
        return member(product, "mia", "manager")
    return User.objects.get(pk=request.getfixturevalue("managed").pk)


@pytest.fixture
def ada(product: Product, mia: User) -> User:
    user = member(product, "ada")
    contacts.add_contact(product, label="Release Engineer", user=user, by=mia)
    return user


@pytest.fixture
def ben(product: Product, ada: User, mia: User) -> User:
    user = member(product, "ben")
    contacts.add_contact(product, label="Product Owner", user=user, by=mia)
    return user


@pytest.fixture
def post(settings: Settings) -> Iterator[Mailbox]:
    with mailbox() as box:
        use(settings, box)
        yield box


def use(settings: Settings, box: Mailbox) -> None:
    settings.MAIL_URL = f"smtp://127.0.0.1:{box.port}"
    settings.MAILERS = mailers(settings.MAIL_URL)


def opened(product: Product, severity: str = "CRITICAL", by: User | None = None, **facts: Any) -> Incident:
    chosen = product.severities().get(key=severity)
    return declare(product, by=by, title="Sign-in fails", severity=chosen, **facts)


def make_channel(product: Product, kind: str, by: User, **config: str) -> Channel:
    return add_channel(kind=Kind(kind), name=f"{kind} room", config=config, by=by, team=product.team)
