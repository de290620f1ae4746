"""No channel leads into the house: the egress matrix through the real sender and through "send a test"."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from foundation import moment
from foundation.secrets import seal
from network.names import NAMES
from notifications import send
from notifications.channels import WAYS
from notifications.models import Channel, Delivery, Kind, State
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.network.test_egress_matrix import MALFORMED, SPELLINGS
from tests.notifications.receiving import Receiver, receiver, saying

pytestmark = pytest.mark.django_db
KINDS = ("slack", "webhook", "ntfy", "teams", "matrix")
SECRET = "whsec_" + "A" * 43 + "="
MORE = {"matrix": {"room": "!r:example.test", "token": "t"}}


@pytest.fixture(autouse=True)
def outside(settings: Settings) -> None:
    """127.0.0.2 is where messages may go; the victim on 127.0.0.1 is not."""
    settings.NIGHTDESK_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
    settings.NIGHTDESK_PROBE_NETWORKS = ["127.0.0.0/8", "::1/128"]  # opens nothing for messages


@pytest.fixture
def victim() -> Iterator[Receiver]:
    with receiver(host="127.0.0.1") as server:
        yield server
        assert server.got == []


@pytest.fixture
def product() -> Product:
    return make_product()


@pytest.fixture
def mia(product: Product) -> User:
    user = make_user("mia@example.test")
    join(user, product.team, "manager")
    return user


def port(server: Receiver) -> int:
    return int(server.server_address[1])


def deliveries(product: Product, kind: str, urls: list[str]) -> list[Delivery]:
    """One message per address, each through a channel of its own, sent by the real sender."""
    now, rows = moment.now(), []
    for number, url in enumerate(urls):
        sealed = seal(json.dumps({"url": url, "secret": SECRET, **MORE.get(kind, {})}))
        channel = Channel.objects.create(
            team=product.team, kind=kind, name=f"c{number}", sealed=sealed, shown="…"
        )
        rows.append(Delivery.objects.create(
            about=f"INC-1/{number}", key="opened", recipient=f"channel:{channel.pk}", route=f"{kind}:{channel.pk}",
            lane="here", label="Room", team=product.team, channel=channel, subject="s", body="b", due_at=now,
            first_due_at=now,
        ))  # fmt: skip
    send.drain()
    return list(Delivery.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_of_this_machine_is_reached(kind: str, product: Product, victim: Receiver) -> None:
    urls = [spelling.format(port=port(victim)) + "topic" for spelling in SPELLINGS]
    for url, sent in zip(urls, deliveries(product, kind, urls), strict=True):
        assert sent.state == State.DEAD, (url, sent.reason)
        assert sent.reason.endswith((".", ")")), (url, sent.reason)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_plain_web_address_is_neither_taken_nor_sent(
    kind: str, product: Product, victim: Receiver
) -> None:
    urls = [spelling.format(port=port(victim)) for spelling in MALFORMED]
    for url, sent in zip(urls, deliveries(product, kind, urls), strict=True):
        assert sent.state == State.DEAD, (url, sent.reason)
        assert not WAYS[Kind(kind)].form({"name": "x", "url": url}).is_valid()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(kind: str, status: int, product: Product, victim: Receiver) -> None:
    places = [
        spelling.format(port=port(victim))
        for spelling in ("http://127.0.0.1:{port}/", "http://[::1]:{port}/")
    ]
    for place in places:
        with receiver(saying(status, Location=place)) as lure:
            (sent,) = deliveries(product, kind, [f"{lure.url}/topic"])
            assert (sent.state, len(lure.got), "it redirects" in sent.reason) == (State.DEAD, 1, True)
        Delivery.objects.all().delete()


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_judged_by_where_it_leads_each_time(
    kind: str, product: Product, victim: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: first a good address, then this machine; and good and bad ones in one answer."""
    with receiver(lambda take: take.say(200, b'{"event_id": "$1"}')) as good:
        answers = iter([["127.0.0.2"], ["127.0.0.1"], ["169.254.169.254", "::1"], ["::ffff:127.0.0.1"]])
        monkeypatch.setattr(NAMES, "resolve", lambda name: next(answers))
        monkeypatch.setattr(NAMES, "kept_s", 0)
        first, *others = deliveries(
            product, kind,
            [f"http://rebind.test:{port(good)}/a", *[f"http://rebind.test:{port(victim)}/{n}" for n in range(3)]][::-1],
        )[::-1]  # fmt: skip
        assert (first.state, len(good.got)) == (State.SENT, 1)
        assert [one.state for one in others] == [State.DEAD] * 3
    monkeypatch.setattr(NAMES, "resolve", lambda name: ["127.0.0.1", "::1", "127.0.0.2"])
    (mixed,) = deliveries(product, kind, [f"http://mixed.test:{port(victim)}/x"])
    assert mixed.state == State.PENDING  # only 127.0.0.2 was tried, where nobody listens on that port


@pytest.mark.parametrize("kind", KINDS)
def test_send_a_test_says_a_sentence_and_reaches_nobody(
    kind: str, product: Product, mia: User, victim: Receiver, client: Client
) -> None:
    client.force_login(mia)
    for spelling in SPELLINGS[:4]:
        sealed = seal(
            json.dumps(
                {"url": spelling.format(port=port(victim)) + "topic", "secret": SECRET, **MORE.get(kind, {})}
            )
        )
        channel = Channel.objects.create(team=product.team, kind=kind, name="room", sealed=sealed, shown="…")
        answer = client.post(f"/settings/channels/{channel.pk}/test/", follow=True)
        page = answer.content.decode()
        assert "failed: Nightdesk may not reach" in page
        assert "NIGHTDESK_WEBHOOK_NETWORKS=127.0.0.2/32," in page
