"""/settings/held/: a restored message goes out only when an administrator says so."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.models import Incident, Participant
from notifications import send
from notifications.models import Channel, Delivery, State
from products.models import Product
from tests.factories import join, make_team, make_user
from tests.notifications.conftest import make_channel, opened, use
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.test_send import mail_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(product: Product) -> User:
    user = make_user("eve@example.test")
    join(user, product.team, "admin")
    return user


@pytest.fixture
def post(settings: Settings) -> Iterator[Mailbox]:
    with mailbox() as box:
        use(settings, box)
        yield box


@pytest.fixture
def incident(product: Product, post: Mailbox, ada: User, mia: User) -> Incident:
    """Declared, and its mails are held."""
    incident = opened(product, by=mia)
    assert Delivery.objects.waiting().update(state=State.HELD, reason="It waited.") > 0
    return incident


def held_pk() -> int:
    return Delivery.objects.held().get(address="ada@example.test").pk


def test_nothing_held_is_sent(incident: Incident, post: Mailbox) -> None:
    assert (send.drain(), send.next_due(), post.kept) == (0, None, [])


def test_an_administrator_sees_each_with_both_ways_and_a_banner(
    client: Client, incident: Incident, admin: User
) -> None:
    client.force_login(admin)
    page = client.get("/settings/held/").text
    count = Delivery.objects.held().count()
    assert [page.count(word) for word in (">Release<", ">Drop<", "Release all", "Drop all")] == [
        count,
        count,
        1,
        1,
    ]
    assert "held since the restore" in client.get("/").text
    assert "/settings/held/" in client.get("/settings/").text


def test_one_that_is_released_goes_out_once_and_says_how_late(
    client: Client, incident: Incident, admin: User, post: Mailbox
) -> None:
    delivery = held_pk()
    rest = Delivery.objects.held().exclude(pk=delivery).count()
    client.force_login(admin)
    for _twice in range(2):
        assert client.post(f"/settings/deliveries/{delivery}/release/").status_code == 302
    assert send.drain() == 1
    assert [message["To"] for message in post.kept] == ["ada@example.test"]
    assert Delivery.objects.held().count() == rest


def test_all_that_are_released_go_out(client: Client, incident: Incident, admin: User, post: Mailbox) -> None:
    count = Delivery.objects.held().count()
    client.force_login(admin)
    assert client.post("/settings/held/release/").status_code == 302
    assert (send.drain(), len(post.kept)) == (count, count)


def test_what_is_dropped_is_never_sent_and_says_who(
    client: Client, incident: Incident, admin: User, post: Mailbox
) -> None:
    client.force_login(admin)
    count = Delivery.objects.held().count()
    page = client.post("/settings/held/drop/", follow=True).text
    assert ("Say first that you are sure." in page, Delivery.objects.held().count()) == (True, count)
    client.post(f"/settings/deliveries/{held_pk()}/drop/")
    client.post("/settings/held/drop/", {"sure": "yes"})
    client.post("/settings/held/release/")
    assert (send.drain(), post.kept, Delivery.objects.held().count()) == (0, [], 0)
    dropped = Delivery.objects.filter(state=State.CANCELLED)
    assert {delivery.reason for delivery in dropped} == {"Dropped after the restore by Eve."}


def test_what_becomes_moot_is_cancelled_like_what_waits(incident: Incident, mia: User) -> None:
    transitions.resolve(incident, by=mia, text="Restarted.")
    assert not Delivery.objects.held().exists()


def test_what_is_private_is_only_counted_and_waits_for_who_takes_part(
    client: Client, product: Product, post: Mailbox, ada: User, mia: User, admin: User
) -> None:
    secret = opened(product, by=mia, private=True)
    Participant.objects.create(incident=secret, user=ada)
    mail_to(product, f"{secret.ref}/9")
    Delivery.objects.waiting().update(state=State.HELD)
    count = Delivery.objects.held().count()
    client.force_login(admin)
    page = client.get("/settings/held/").text
    assert (secret.ref in page, ">Release<" in page, f"{count} more message" in page) == (False, False, True)
    assert "held since the restore" not in client.get("/").text
    client.post("/settings/held/release/")
    client.post("/settings/held/drop/", {"sure": "yes"})
    pk = Delivery.objects.held().values_list("pk", flat=True)[0]
    assert client.post(f"/settings/deliveries/{pk}/release/").status_code in (403, 404)
    assert Delivery.objects.held().count() == count > 0
    # Who takes part sees and settles them.
    Participant.objects.create(incident=secret, user=admin)
    page = client.get("/settings/held/").text
    assert (page.count(">Release<"), "more message" in page) == (count, False)
    client.post("/settings/held/release/")
    assert not Delivery.objects.held().exists()


@pytest.mark.parametrize("role", ["viewer", "responder", "manager"])
def test_nobody_below_an_administrator_sees_or_settles_them(
    client: Client, incident: Incident, product: Product, role: str
) -> None:
    user = make_user("low@example.test")
    join(user, product.team, role)
    client.force_login(user)
    pk, count = held_pk(), Delivery.objects.held().count()
    answers = [
        client.get("/settings/held/").status_code,
        client.post("/settings/held/release/").status_code,
        client.post("/settings/held/drop/").status_code,
        client.post(f"/settings/deliveries/{pk}/release/").status_code,
    ]
    assert answers == [404, 404, 404, 404 if role == "viewer" else 403]
    assert "held since the restore" not in client.get("/").text
    assert Delivery.objects.held().count() == count


def test_another_teams_administrator_settles_nothing(client: Client, incident: Incident) -> None:
    stranger = make_user("stranger@example.test")
    join(stranger, make_team("web"), "admin")
    client.force_login(stranger)
    pk, count = held_pk(), Delivery.objects.held().count()
    client.post("/settings/held/release/")
    assert client.post(f"/settings/deliveries/{pk}/drop/").status_code == 404
    assert Delivery.objects.held().count() == count


@pytest.mark.parametrize("address", ["/settings/held/release/", "/settings/held/drop/"])
def test_looking_settles_nothing(client: Client, incident: Incident, admin: User, address: str) -> None:
    client.force_login(admin)
    assert client.get(address).status_code == 405


def test_a_channel_whose_key_is_gone_says_enter_again_and_takes_it(
    client: Client, product: Product, mia: User
) -> None:
    channel = make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    Channel.objects.update(sealed="gAAAAA-sealed-with-another-key")
    client.force_login(mia)
    assert "enter again" in client.get("/settings/channels/").text
    address = f"/settings/channels/{channel.pk}/"
    assert "cannot be opened any more" in client.get(address).text
    assert client.post(address, {"name": "Room", "url": ""}).status_code == 422
    assert client.post(address, {"name": "Room", "url": "https://hooks.example.test/y"}).status_code == 302
    assert "enter again" not in client.get("/settings/channels/").text


def test_sending_a_test_through_one_says_so(client: Client, product: Product, mia: User) -> None:
    channel = make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    Channel.objects.update(sealed="gAAAAA-sealed-with-another-key")
    client.force_login(mia)
    page = client.post(f"/settings/channels/{channel.pk}/test/", follow=True).text
    assert "enter it again" in page
