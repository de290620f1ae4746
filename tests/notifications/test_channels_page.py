"""/settings/channels/: who may, what is never shown again, and a test that says what happened."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from foundation.secrets import unseal
from incidents.lifecycle import transitions
from notifications import send
from notifications.models import Channel, Delivery
from products.models import Product
from tests.factories import make_user
from tests.notifications.conftest import make_channel, member, opened
from tests.notifications.mailbox import Mailbox
from tests.notifications.receiving import receiver, saying

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]
HOOK = "https://hooks.example.test/services/T0/canary"


def add(client: Client, product: Product, kind: str = "slack", **data: object) -> int:
    address = f"/settings/channels/add/{kind}/?team={product.team.slug}"
    return client.post(address, {"name": "#emergency-releases", "url": HOOK, **data}).status_code


def test_a_manager_adds_a_room_and_its_address_is_never_shown_again(
    client: Client, product: Product, mia: User
) -> None:
    client.force_login(mia)
    assert add(client, product, products=[product.pk]) == 302
    channel = Channel.objects.get()
    assert (channel.team, list(channel.products.all()), unseal(channel.sealed)) == (
        product.team, [product], f'{{"url": "{HOOK}"}}',
    )  # fmt: skip
    for page in ("/settings/channels/", f"/settings/channels/{channel.pk}/"):
        text = client.get(page).text
        assert ("#emergency-releases" in text, "canary" in text) == (True, False)


def test_editing_without_a_secret_keeps_it(client: Client, product: Product, mia: User) -> None:
    channel = make_channel(product, "slack", mia, url=HOOK)
    client.force_login(mia)
    assert (
        client.post(f"/settings/channels/{channel.pk}/", {"name": "Night room", "url": ""}).status_code == 302
    )
    channel.refresh_from_db()
    assert (channel.name, HOOK in unseal(channel.sealed)) == ("Night room", True)
    client.post(f"/settings/channels/{channel.pk}/", {"name": "Night room", "url": f"{HOOK}2"})
    channel.refresh_from_db()
    assert f"{HOOK}2" in unseal(channel.sealed)


def test_another_server_does_not_get_the_token_of_the_former_one(
    client: Client, product: Product, mia: User
) -> None:
    """Whoever may change the address could read the token there, which no page shows."""
    phone = make_channel(product, "ntfy", mia, url="https://ntfy.example.test/duty", token="canary")
    matrix = make_channel(
        product, "matrix", mia, url="https://matrix.example.test", room="!r:example.test", token="canary"
    )
    client.force_login(mia)
    for channel, same, other in (
        (phone, "https://ntfy.example.test/night", "https://ntfy.evil.test/night"),
        (matrix, "https://matrix.example.test/", "https://matrix.evil.test"),
    ):
        page = f"/settings/channels/{channel.pk}/"
        assert client.post(page, {"name": "Duty", "url": same}).status_code == 302
        channel.refresh_from_db()
        assert "canary" in unseal(channel.sealed)
        answer = client.post(page, {"name": "Duty", "url": other})
        channel.refresh_from_db()
        kept = json.loads(unseal(channel.sealed))
        if channel == phone:
            assert (answer.status_code, kept) == (302, {"url": other})
        else:
            assert (answer.status_code, "the former server" in answer.text) == (422, True)
            assert (kept["url"], kept["token"]) == (same, "canary")
            assert client.post(page, {"name": "Duty", "url": other, "token": "new"}).status_code == 302


def test_what_a_server_no_longer_asks_for_can_be_forgotten(
    client: Client, product: Product, mia: User
) -> None:
    topic = "https://ntfy.example.test/duty"
    phone = make_channel(product, "ntfy", mia, url=topic, token="canary")
    app = {"token": "xoxb-canary", "room": "C0EMERGENCY", "secret": "8f742231b10e8888abcd99yyyzzz85a5"}
    room = make_channel(product, "slack", mia, **app)
    client.force_login(mia)
    for channel, name, left in (
        (phone, "token", {"url": topic}),
        (room, "secret", {"token": app["token"], "room": app["room"]}),
    ):
        page = f"/settings/channels/{channel.pk}/"
        forget = f'name="forget_{name}"'
        assert forget in client.get(page).text
        assert client.post(page, {"name": "Duty", f"forget_{name}": "on"}).status_code == 302
        channel.refresh_from_db()
        assert (json.loads(unseal(channel.sealed)), channel.key, forget in client.get(page).text) == (
            left, "", False,
        )  # fmt: skip
    # What is typed beside it is meant.
    assert client.post(f"/settings/channels/{phone.pk}/", {"name": "Duty", "token": "new"}).status_code == 302
    both = {"name": "Duty", "token": "newer", "forget_token": "on"}
    assert client.post(f"/settings/channels/{phone.pk}/", both).status_code == 302
    phone.refresh_from_db()
    assert json.loads(unseal(phone.sealed)) == {"url": topic, "token": "newer"}


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("slack", {"url": "hooks.example.test"}, "must begin with http"),
        ("slack", {"url": "http://user:pw@host.test/"}, "user name or password"),
        ("slack", {"url": ""}, "Give a webhook’s address, or an app’s token and room."),
        ("ntfy", {"url": "https://ntfy.example.test/"}, "Add the topic"),
        ("webhook", {"url": HOOK, "secret": "hunter2"}, "Write it like whsec_"),
        ("email", {"address": "nobody"}, "Write a mail address, such as ada@example.org."),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(
    client: Client, product: Product, mia: User, kind: str, data: dict[str, str], said: str
) -> None:
    client.force_login(mia)
    answer = client.post(f"/settings/channels/add/{kind}/?team={product.team.slug}", {"name": "x", **data})
    assert (answer.status_code, said in answer.text, Channel.objects.count()) == (422, True, 0)


def test_a_signing_secret_is_made_and_shown_once(client: Client, product: Product, mia: User) -> None:
    client.force_login(mia)
    assert add(client, product, "webhook") == 302
    shown = re.search(r"whsec_[\w+/=]+", client.get("/settings/channels/").text)
    assert shown
    assert shown[0] in unseal(Channel.objects.get().sealed)
    assert "whsec_" not in client.get("/settings/channels/").text


def test_a_test_says_what_happened(client: Client, product: Product, mia: User) -> None:
    client.force_login(mia)
    for status, said in ((200, "went out. Answered 200."), (404, "failed: Answered 404")):
        with receiver(saying(status)) as server:
            channel = make_channel(product, "slack", mia, url=f"{server.url}/x")
            page = client.post(f"/settings/channels/{channel.pk}/test/", follow=True)
            assert (said in page.text, len(server.got)) == (True, 1)
    here = make_channel(product, "slack", mia, url="http://127.0.0.1:1/x")
    page = client.post(f"/settings/channels/{here.pk}/test/", follow=True)
    assert "NIGHTDESK_WEBHOOK_NETWORKS=127.0.0.2/32,127.0.0.0/8" in page.text
    # A test is not repeated behind one's back, and is no alarm.
    assert (Delivery.objects.waiting().count(), Delivery.objects.alarming().count()) == (0, 0)


def test_get_does_nothing(client: Client, product: Product, mia: User) -> None:
    channel = make_channel(product, "slack", mia, url=HOOK)
    client.force_login(mia)
    for verb in ("test", "archive"):
        assert client.get(f"/settings/channels/{channel.pk}/{verb}/").status_code == 405


def test_a_responder_sees_a_teams_channel_and_may_not_touch_it(
    client: Client, product: Product, ada: User, mia: User
) -> None:
    channel = make_channel(product, "slack", mia, url=HOOK)
    client.force_login(ada)
    assert "slack room" in client.get("/settings/channels/").text
    assert add(client, product) == 403
    statuses = [client.post(f"/settings/channels/{channel.pk}/{verb}") for verb in ("", "test/", "archive/")]
    assert [answer.status_code for answer in statuses] == [403, 403, 403]


def test_an_outsider_finds_nothing(client: Client, product: Product, mia: User) -> None:
    channel = make_channel(product, "slack", mia, url=HOOK)
    client.force_login(make_user("olga@example.test"))
    assert "slack room" not in client.get("/settings/channels/").text
    assert add(client, product) == 404
    assert client.post(f"/settings/channels/{channel.pk}/test/").status_code == 404


def test_ones_own_phone_is_ones_own(client: Client, product: Product, ada: User, mia: User) -> None:
    client.force_login(ada)
    data = {"name": "My phone", "url": "https://ntfy.example.test/ada-7f3"}
    assert client.post("/settings/channels/add/ntfy/", data).status_code == 302
    channel = Channel.objects.get()
    assert (channel.user, channel.team) == (ada, None)
    opened(product)
    delivery = Delivery.objects.get(channel=channel)
    assert (delivery.user, delivery.offers) == (ada, ["acknowledge", "cannot"])
    client.force_login(mia)
    assert "My phone" not in client.get("/settings/channels/").text
    assert client.post(f"/settings/channels/{channel.pk}/archive/").status_code == 404


def test_archiving_ends_what_still_waits(client: Client, product: Product, mia: User) -> None:
    channel = make_channel(product, "slack", mia, url=HOOK)
    opened(product)
    client.force_login(mia)
    client.post(f"/settings/channels/{channel.pk}/archive/")
    delivery = Delivery.objects.get(channel=channel)
    assert (delivery.state, delivery.reason) == ("cancelled", "The channel was archived.")
    opened(product)
    assert Delivery.objects.filter(channel=channel).count() == 1


def test_what_did_not_arrive_alarms_until_it_is_sent_or_left(
    client: Client, product: Product, ada: User, mia: User
) -> None:
    with receiver(saying(404)) as server:
        make_channel(product, "slack", mia, url=f"{server.url}/x")
        opened(product)
        send.drain()
    delivery = Delivery.objects.get(route__startswith="slack")
    client.force_login(ada)
    assert "<b>1 message</b> did not arrive." in client.get("/").text
    client.post(f"/settings/deliveries/{delivery.pk}/retry/")
    delivery.refresh_from_db()
    assert (delivery.state, "did not arrive" in client.get("/").text) == ("pending", False)
    Delivery.objects.filter(pk=delivery.pk).update(state="dead")
    client.post(f"/settings/deliveries/{delivery.pk}/note/")
    assert "did not arrive" not in client.get("/").text


def test_an_outsider_is_not_alarmed_and_cannot_send_again(
    client: Client, product: Product, mia: User
) -> None:
    make_channel(product, "slack", mia, url=HOOK)
    opened(product)
    delivery = Delivery.objects.get(route__startswith="slack")
    Delivery.objects.filter(pk=delivery.pk).update(state="dead")
    client.force_login(make_user("olga@example.test"))
    assert "did not arrive" not in client.get("/settings/").text
    assert client.post(f"/settings/deliveries/{delivery.pk}/retry/").status_code == 404


def test_a_viewer_may_not_send_again(client: Client, product: Product, mia: User) -> None:
    make_channel(product, "slack", mia, url=HOOK)
    opened(product)
    vera = member(product, "vera", "viewer")
    client.force_login(vera)
    delivery = Delivery.objects.get(route__startswith="slack")
    assert client.post(f"/settings/deliveries/{delivery.pk}/retry/").status_code == 404


def test_the_receipt_and_the_incident_say_who_was_told(
    client: Client, product: Product, ada: User, ben: User, post: Mailbox
) -> None:
    client.force_login(ada)
    incident = opened(product, by=ada)
    send.drain()
    for page in (f"/incidents/{incident.ref}/declared/", f"/incidents/{incident.ref}/"):
        text = client.get(page).text
        assert "Nobody was called or mailed" not in text
        shown = re.findall(r'row-title">([^<]*\(Product Owner\))', text)
        # Once, with the ways beneath.
        assert (shown, "they know already: they did it" in text) == (["Ben (Product Owner)"], True)


def test_a_dead_one_is_sent_again_from_the_incident(
    client: Client, product: Product, ada: User, mia: User
) -> None:
    make_channel(product, "slack", mia, url=HOOK)
    incident = opened(product)
    delivery = Delivery.objects.get(route__startswith="slack")
    Delivery.objects.filter(pk=delivery.pk).update(state="dead", reason="Answered 404")
    client.force_login(ada)
    page = client.get(f"/incidents/{incident.ref}/").text
    assert f"/settings/deliveries/{delivery.pk}/retry/" in page
    assert "1 message did not arrive" in page
    answer = client.post(f"/settings/deliveries/{delivery.pk}/retry/", {"back": "page"})
    assert answer["Location"] == f"/incidents/{incident.ref}/"


def test_ones_messages_are_listed_and_nobody_elses(
    client: Client, product: Product, ada: User, ben: User, mia: User
) -> None:
    incident = opened(product, by=ada)
    transitions.resolve(incident, by=mia)
    client.force_login(ben)
    text = client.get("/settings/messages/").text
    assert re.findall(r'row-title" href="[^"]+">([^<]+)<', text) == [
        f"Resolved: CRITICAL {incident.ref} Staff Mobile: Sign-in fails",
        f"CRITICAL {incident.ref} Staff Mobile: Sign-in fails",
    ]  # fmt: skip
    client.force_login(make_user("olga@example.test"))
    assert "Nothing yet" in client.get("/settings/messages/").text
    assert client.get("/settings/messages/?after=broken").status_code == 200


def test_the_list_of_channels_costs_the_same_with_one_and_with_three(
    client: Client, product: Product, mia: User
) -> None:
    client.force_login(mia)
    client.get("/settings/channels/")
    counts = []
    for added in (1, 2):
        for _n in range(added):
            make_channel(product, "slack", mia, url=HOOK)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/settings/channels/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_archived_channel_is_used_again(client: Client, product: Product, ada: User, mia: User) -> None:
    channel = make_channel(product, "slack", mia, url=HOOK)
    client.force_login(mia)
    client.post(f"/settings/channels/{channel.pk}/archive/")
    address = f"/settings/channels/{channel.pk}/restore/"
    assert f'action="{address}"' in client.get("/settings/channels/").text
    assert client.get(address).status_code == 405
    client.force_login(ada)
    assert f'action="{address}"' not in client.get("/settings/channels/").text
    assert client.post(address).status_code == 403
    client.force_login(mia)
    assert "slack room is used again" in client.post(address, follow=True).text
    opened(product)
    assert Delivery.objects.get(channel=channel).state == "pending"


def test_ones_own_mail_is_tried_too(client: Client, product: Product, ada: User, post: Mailbox) -> None:
    client.force_login(ada)
    answer = client.post("/settings/channels/test-mail/", follow=True)
    assert "The test to ada@example.test went out. The mail server took it." in answer.text
    assert [mail["To"] for mail in post.kept] == ["ada@example.test"]
    assert Delivery.objects.alarming().count() == 0


def test_without_mail_the_test_says_what_is_missing(client: Client, product: Product, ada: User) -> None:
    client.force_login(ada)
    answer = client.post("/settings/channels/test-mail/", follow=True)
    assert "The test to ada@example.test failed: mail is not set up: MAIL_URL is empty" in answer.text


def test_what_is_tried_again_says_why_and_when(
    client: Client, product: Product, ada: User, mia: User
) -> None:
    with receiver(saying(503)) as server:
        make_channel(product, "slack", mia, url=f"{server.url}/x")
        incident = opened(product)
        send.drain()
    delivery = Delivery.objects.get(route__startswith="slack")
    client.force_login(ada)
    page = client.get(f"/incidents/{incident.ref}/").text
    assert ("Answered 503." in page, "1 attempt" in page, "next try" in page) == (True, True, True)
    assert f"{delivery.next_try:%Y-%m-%dT%H:%M:%S}" in page
    # A mail server that says never alarms although it is tried again.
    Delivery.objects.filter(pk=delivery.pk).update(refused_at=delivery.created_at)
    assert "1 message did not arrive" in client.get(f"/incidents/{incident.ref}/").text
    assert "refused" in client.get("/settings/channels/").text
