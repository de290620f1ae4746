"""A product with three contacts, an incident to tell about, and this machine as the outside world."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from config.mailers import mailers
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from notifications.models import Channel, Kind
from notifications.ways import add_channel
from products import contacts
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.notifications.mailbox import Mailbox, mailbox

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def outside(settings: Settings) -> None:
    """127.0.0.2 is where messages may go; 127.0.0.1 is not."""
    settings.NIGHTDESK_WEBHOOK_NETWORKS = ["127.0.0.2/32"]


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


def member(product: Product, name: str, role: str = "responder") -> User:
    user = make_user(f"{name}@example.test")
    join(user, product.team, role)
    return user


@pytest.fixture
def mia(product: Product) -> User:
    return member(product, "mia", "manager")


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
