"""What each kind of channel sends, as the other side reads it (K136 for the room)."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from accounts.models import User
from incidents.declare import declare
from notifications import send
from notifications.models import Channel, Delivery
from products.models import Product
from tests.notifications.conftest import SECRET, make_channel, opened
from tests.notifications.receiving import Got, receiver, saying

pytestmark = pytest.mark.django_db


def sent_by(product: Product, mia: User, kind: str, path: str, **config: str) -> Got:
    with receiver() as server:
        make_channel(product, kind, mia, url=server.url + path, **config)
        opened(product)
        send.drain(f"{kind}:{Channel.objects.get().pk}")
        assert len(server.got) == 1
        return server.got[0]


def test_ntfy_rings_with_title_priority_and_page(product: Product, mia: User) -> None:
    got = sent_by(product, mia, "ntfy", "/house-7f3a", token="tk_secret")
    body = json.loads(got.body)
    assert (got.path, got.headers["authorization"]) == ("/", "Bearer tk_secret")
    ref = Delivery.objects.get(route__startswith="ntfy").ref
    assert {key: body[key] for key in ("topic", "title", "priority", "click", "actions")} == {
        "topic": "house-7f3a",
        "title": f"CRITICAL {ref} Staff Mobile: Sign-in fails",
        "priority": 5,
        "click": f"http://localhost:8000/incidents/{ref}/",
        "actions": [],
    }


def test_an_ntfy_server_under_a_path_keeps_it(product: Product, mia: User) -> None:
    got = sent_by(product, mia, "ntfy", "/push/house")
    assert (got.path, json.loads(got.body)["topic"]) == ("/push/", "house")


def test_a_room_gets_text_that_mentions_nobody(product: Product, mia: User) -> None:
    with receiver() as server:
        make_channel(product, "slack", mia, url=f"{server.url}/services/T0/B0/x")
        declare(product, by=None, title="<!channel> & <http://evil.test|click>")
        send.drain()
    text = json.loads(server.got[0].body)["text"]
    assert "&lt;!channel&gt; &amp; &lt;http://evil.test|click&gt;" in text
    assert "<!channel>" not in text
    assert server.got[0].path == "/services/T0/B0/x"


def test_a_webhook_is_signed_as_standard_webhooks_says(product: Product, mia: User) -> None:
    got = sent_by(product, mia, "webhook", "/hook", secret=SECRET)
    delivery = Delivery.objects.get(route__startswith="webhook")
    assert got.headers["webhook-id"] == str(delivery.uid)
    assert abs(time.time() - int(got.headers["webhook-timestamp"])) < 5
    signed = b".".join(
        (got.headers["webhook-id"].encode(), got.headers["webhook-timestamp"].encode(), got.body)
    )
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{wanted}"
    body = json.loads(got.body)
    assert (body["type"], body["data"]["ref"]) == ("incident.opened", delivery.ref)


def test_a_repeat_carries_the_same_id_and_a_new_signature(
    product: Product, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "FIRST_REST_S", 0)
    answers = iter([503, 200])
    with receiver(lambda take: take.say(next(answers))) as server:
        make_channel(product, "webhook", mia, url=f"{server.url}/hook", secret=SECRET)
        opened(product)
        send.drain()
    assert [got.headers["webhook-id"] for got in server.got] == [
        str(Delivery.objects.get(route__startswith="webhook").uid)
    ] * 2


def test_a_secret_whose_key_is_gone_is_dead_and_says_what_to_do(
    product: Product, mia: User, settings: Settings
) -> None:
    with receiver() as server:
        make_channel(product, "slack", mia, url=f"{server.url}/x")
        settings.NIGHTDESK_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
        opened(product)
        send.drain()
    delivery = Delivery.objects.get(route__startswith="slack")
    assert (delivery.state, delivery.reason) == (
        "dead", "Its secret cannot be opened any more: enter it again.",
    )  # fmt: skip


def test_a_redirect_is_not_followed(product: Product, mia: User) -> None:
    with receiver() as victim, receiver(saying(307, Location=f"{victim.url}/")) as server:
        make_channel(product, "slack", mia, url=f"{server.url}/x")
        opened(product)
        send.drain()
    assert (len(server.got), victim.got) == (1, [])


def test_no_secret_lies_open_in_the_database(product: Product, mia: User) -> None:
    channel = make_channel(product, "slack", mia, url="https://hooks.example.test/services/T0/canary")
    channel.refresh_from_db()
    assert "canary" not in channel.sealed + channel.shown
    assert channel.shown == "https://hooks.example.test/…"
