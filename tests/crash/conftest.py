"""One warm nursery for all crash points, a world to break, and the outside that remembers what reached it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as project
from django.db import connections
from pytest_django import Settings

from accounts.models import Scope, User
from notifications.models import Channel, Kind
from notifications.ways import add_channel
from products.contacts import add_contact
from products.models import Product
from products.token_products import make_narrow_token
from tests.crash.nursery import Nursery
from tests.factories import join, make_product, make_user
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Receiver, receiver, saying


@pytest.fixture(scope="module")
def post() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def outside() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


@pytest.fixture(scope="module")
def broken_service() -> Iterator[Receiver]:
    with receiver(saying(503), host="127.0.0.1") as server:
        yield server


@pytest.fixture(scope="module")
def nursery(django_db_setup: None, post: Mailbox) -> Iterator[Nursery]:
    found = connections["default"].settings_dict
    login = ":".join(quote(found[part], safe="") for part in ("USER", "PASSWORD"))
    where = urlencode({"host": found["HOST"], "port": found["PORT"]})
    made = Nursery(
        {
            "DATABASE_URL": f"postgres://{login}@/{found['NAME']}?{where}",
            "MAIL_URL": f"smtp://127.0.0.1:{post.port}",
            "NIGHTDESK_WEBHOOK_NETWORKS": "127.0.0.2/32",
            "NIGHTDESK_PROBE_NETWORKS": "127.0.0.1/32",
            "NIGHTDESK_DATA": str(project.NIGHTDESK_DATA),
            "NIGHTDESK_GIT_PROTOCOLS": "file",
        }
    )
    yield made
    made.end()


@dataclass
class World:
    """A product with a person who acts, an address and a room that are told, and a script's token."""

    nursery: Nursery
    post: Mailbox
    outside: Receiver
    broken: Receiver
    product: Product
    ada: User
    room: Channel
    token: str

    @property
    def lanes(self) -> dict[str, str]:
        return {"mail": "email", "webhook": f"webhook:{self.room.pk}"}

    @property
    def received(self) -> list[str]:
        """The key of each message that reached the outside, repeats too."""
        mails = [mail["Message-ID"].partition("@")[0].strip("<") for mail in self.post.kept]
        return mails + [got.headers["webhook-id"] for got in self.outside.got]


@pytest.fixture
def world(
    transactional_db: None,
    settings: Settings,
    nursery: Nursery,
    post: Mailbox,
    outside: Receiver,
    broken_service: Receiver,
) -> World:
    post.kept.clear()
    outside.got.clear()
    settings.MAIL_URL = f"smtp://127.0.0.1:{post.port}"
    product = make_product()
    ada = make_user("ada@example.test", name="Ada")
    join(ada, product.team, "manager")
    add_contact(product, label="Duty", address="duty@example.test", by=ada)
    room = add_channel(
        kind=Kind.WEBHOOK, name="room", config={"url": f"{outside.url}/room"}, by=ada, team=product.team
    )
    _token, text = make_narrow_token(ada, by=None, name="bot", scopes=Scope.values)
    return World(nursery, post, outside, broken_service, product, ada, room, text)
