"""Sending again what did not arrive: not through a channel that is used no longer, nor as if nothing had happened."""

from contextlib import ExitStack

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from notifications import send, ways
from notifications.lanes import SILENT_AFTER
from notifications.models import Delivery
from notifications.queue import Recipient
from notifications.ways import archive_channel
from products.models import Product
from tests.notifications.conftest import make_channel, opened
from tests.notifications.mailbox import Mailbox
from tests.notifications.receiving import receiver
from tests.notifications.test_send import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]


def test_a_channel_that_is_used_no_longer_sends_nothing_again_and_says_why(
    client: Client, product: Product, mia: User
) -> None:
    room = make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    tell(product, Recipient("Room", channel=room))
    Delivery.objects.update(state="dead")
    archive_channel(room, by=mia)
    delivery = Delivery.objects.get()
    client.force_login(mia)
    page = client.post(f"/settings/deliveries/{delivery.pk}/retry/", follow=True).text
    assert ("slack room is used no longer: use it again first." in page, "It is sent again" in page) == (
        True, False,
    )  # fmt: skip
    assert (Delivery.objects.get().state, send.drain()) == ("dead", 0)


def test_what_is_sent_again_when_its_incident_is_over_says_so_once(
    product: Product, post: Mailbox, ada: User, mia: User
) -> None:
    incident = opened(product, by=mia)
    mails = Delivery.objects.filter(route="email", key="opened", user=ada)
    mails.update(state="dead")
    transitions.resolve(incident, by=mia, text="Restarted.")
    for _twice in range(2):
        assert ways.retry(mails.get(), by=mia)
    Delivery.objects.exclude(pk=mails.get().pk).waiting().update(state="cancelled")
    assert send.drain() == 1
    said = str(post.kept[0].get_content())
    assert (said.count(f"{incident.ref} is resolved meanwhile."), "without a sign-in" in said) == (1, False)


def test_who_tests_channels_that_hang_leaves_threads_to_the_pages(
    client: Client, product: Product, mia: User
) -> None:
    """A page's thread waits for the answer, of mail up to 30 s: of six threads only two may."""
    client.force_login(mia)
    with receiver() as server, ExitStack() as others:
        room = make_channel(product, "slack", mia, url=f"{server.url}/x")
        for _n in range(ways.AT_ONCE):
            others.enter_context(ways._turns)
        page = client.post(f"/settings/channels/{room.pk}/test/", follow=True)
        assert "Other tests are under way: try again in half a minute." in page.text
        assert (server.got, Delivery.objects.count()) == ([], 0)
        others.close()
        page = client.post(f"/settings/channels/{room.pk}/test/", follow=True)
        assert ("went out" in page.text, len(server.got)) == (True, 1)


def test_what_is_sent_again_while_it_goes_on_stays_as_it_was(
    product: Product, post: Mailbox, ada: User, mia: User
) -> None:
    opened(product, by=mia)
    mails = Delivery.objects.filter(route="email", key="opened", user=ada)
    mails.update(state="dead")
    before = mails.get()
    assert ways.retry(before, by=mia)
    assert (mails.get().body, mails.get().offers) == (before.body, before.offers)


def test_who_asks_to_be_called_later_is_left_in_peace_by_all_that_waits_there(
    product: Product, mia: User, post: Mailbox
) -> None:
    busy = [True]
    answer = lambda take: take.say(429, **{"Retry-After": "600"}) if busy else take.say(200)  # noqa: E731
    with receiver(answer) as server, receiver() as other:
        room = Recipient("Room", channel=make_channel(product, "slack", mia, url=f"{server.url}/x"))
        phone = Recipient("Phone", channel=make_channel(product, "ntfy", mia, url=f"{other.url}/topic"))
        for number in range(1, 5):
            tell(product, room, phone, about=f"INC-{number}/1")
        before = moment.now()
        send.drain()
        assert (len(server.got), len(other.got)) == (1, 4)
        rests = Delivery.objects.waiting()
        assert [(row.reason, (row.due_at - before).total_seconds() > 599) for row in rests] == [
            ("Answered 429.", True)
        ] * 4
        # What is told now may matter more than all of them.
        tell(product, room, about="INC-9/1")
        send.drain()
        assert len(server.got) == 2
        busy.clear()
        Delivery.objects.waiting().update(due_at=moment.now())
        send.drain()
        assert (len(server.got), Delivery.objects.waiting().count()) == (7, 0)


def test_once_it_takes_messages_again_all_that_was_held_back_goes_also_what_was_never_tried(
    product: Product, mia: User
) -> None:
    busy = [True]
    answer = lambda take: take.say(429, **{"Retry-After": "600"}) if busy else take.say(200)  # noqa: E731
    with receiver(answer) as server:
        room = Recipient("Room", channel=make_channel(product, "slack", mia, url=f"{server.url}/x"))
        for number in range(1, 5):
            tell(product, room, about=f"INC-{number}/1")
        send.drain()
        for number in range(5, 5 + SILENT_AFTER - 1):
            tell(product, room, about=f"INC-{number}/1")
            send.drain()
        assert sum(row.attempts == 0 for row in Delivery.objects.waiting()) == 3
        busy.clear()
        tell(product, room, about="INC-9/1")
        send.drain()
        assert (len(server.got), Delivery.objects.waiting().count()) == (SILENT_AFTER + 7, 0)


def test_what_is_refused_and_still_tried_can_be_left_too(client: Client, product: Product, ada: User) -> None:
    opened(product)
    refused = Delivery.objects.filter(route="email", user=ada)
    refused.update(refused_at=moment.now(), state="pending")
    client.force_login(ada)
    assert "<b>1 message</b> did not arrive." in client.get("/").text
    client.post(f"/settings/deliveries/{refused.get().pk}/note/")
    assert (refused.get().state, "did not arrive" in client.get("/").text) == ("pending", False)
