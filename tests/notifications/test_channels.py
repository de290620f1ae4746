"""What each kind of channel sends, as the other side reads it (K136 for the room)."""

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
import time

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from accounts.models import User
from incidents.lifecycle.declare import declare
from notifications import patience, send
from notifications.channels import webhook
from notifications.models import Channel, Delivery, Kind
from notifications.ways import add_channel
from products.models import Product
from tests.notifications.conftest import SECRET, make_channel, opened
from tests.notifications.receiving import Got, receiver, saying
from tests.notifications.shapes import faults

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]


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
    assert abs(time.time() - int(got.headers["webhook-timestamp"])) < 60
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
    monkeypatch.setattr(patience, "FIRST_REST_S", 0)
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


def test_the_signature_is_the_one_that_the_standards_own_example_has() -> None:
    """The vector that Standard Webhooks' libraries are tested with: made by others, so not our mistake twice."""
    found = webhook.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )
    assert found == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("body", ["It fails.", 'ünïcödé 🚨 \u2028 "quoted" </script>', ""])
def test_an_independent_library_takes_our_signature_and_no_other(
    product: Product, mia: User, body: str
) -> None:
    """The reference library of Standard Webhooks, as a team's own program would use it."""
    with receiver() as server:
        make_channel(product, "webhook", mia, url=f"{server.url}/hook", secret=SECRET)
        opened(product)
        Delivery.objects.update(body=body)
        send.drain()
    (got,) = server.got
    told = Webhook(SECRET).verify(got.body, got.headers)
    assert (told["type"], told["data"]["text"]) == ("incident.opened", body)
    strange = Webhook("whsec_" + base64.b64encode(b"x" * 32).decode())
    old = {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 3600)}
    other = {**got.headers, "webhook-id": "msg_another"}
    for library, content, headers in (
        (strange, got.body, got.headers),
        (Webhook(SECRET), got.body + b" ", got.headers),
        (Webhook(SECRET), got.body, old),
        (Webhook(SECRET), got.body, other),
    ):
        with pytest.raises(WebhookVerificationError):
            library.verify(content, headers)


def test_a_secret_that_nightdesk_made_is_one_that_the_library_takes(product: Product, mia: User) -> None:
    secret = webhook.new_secret()
    got = sent_by(product, mia, "webhook", "/hook", secret=secret)
    assert Webhook(secret).verify(got.body, got.headers)["data"]["ref"] == Delivery.objects.latest("pk").ref


@pytest.mark.parametrize("piece", ["x", '"', "🚨", "ü\n", "ж"])
def test_what_ntfy_gets_has_its_published_shape_and_size(product: Product, ada: User, piece: str) -> None:
    with receiver() as server:
        add_channel(kind=Kind.NTFY, name="Phone", config={"url": f"{server.url}/ada-7f3a"}, by=ada)
        opened(product)
        Delivery.objects.update(body=piece * 9_000)
        send.drain()
    (got,) = server.got
    said = json.loads(got.body)
    assert (faults("ntfy", said), len(said["message"].encode()) <= 4_096) == ([], True)
    assert len(got.body) <= 2 * 4_096  # ntfy reads no more of JSON, and then takes nothing of it
    assert len(said["message"].encode()) > 3_000
    assert [act["label"] for act in said["actions"]] == ["Acknowledge", "Can't, next person"]


def test_openssl_finds_the_same_signature(product: Product, mia: User) -> None:
    got = sent_by(product, mia, "webhook", "/hook", secret=SECRET)
    key = base64.b64decode(SECRET.removeprefix("whsec_")).hex()
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-binary"]
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    digest = subprocess.run(command, input=signed, capture_output=True, check=True).stdout
    assert got.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_ones_own_phone_gets_both_links_and_a_room_none(product: Product, ada: User, mia: User) -> None:
    with receiver() as server:
        add_channel(kind=Kind.NTFY, name="Phone", config={"url": f"{server.url}/ada"}, by=ada)
        make_channel(product, "slack", mia, url=f"{server.url}/room")
        opened(product)
        send.drain()
    bodies = {got.path: json.loads(got.body) for got in server.got}
    assert [action["label"] for action in bodies["/"]["actions"]] == ["Acknowledge", "Can't, next person"]
    assert bodies["/"]["tags"] == ["rotating_light"]
    assert "/l/" not in bodies["/room"]["text"]
