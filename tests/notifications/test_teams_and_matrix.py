"""Microsoft Teams and Matrix: what their servers get, how their answers are read, and that nobody rings by mistake."""

import json
import re

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle.declare import declare
from notifications import patience, send
from notifications.channels import matrix
from notifications.models import Channel, Delivery, Kind
from notifications.parcel import Parcel
from notifications.ways import add_channel, send_test
from products.models import Product
from tests.notifications.conftest import make_channel, opened
from tests.notifications.receiving import Got, Take, receiver
from tests.notifications.shapes import faults

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]

ROOM = "!kZtS:example.test"
NASTY = '@room @everyone <@U1> [click](http://evil.test) <b>x</b> & "q" \\ ünïcödé 🚨'


def event(take: Take) -> None:
    take.say(200, b'{"event_id": "$1"}')


def in_matrix(product: Product, mia: User, url: str) -> Channel:
    config = {"url": url, "room": ROOM, "token": "syt_canary"}
    return add_channel(kind=Kind.MATRIX, name="Night room", config=config, by=mia, team=product.team)


def told(product: Product, title: str, impact: str = "") -> None:
    severity = product.severities().get(key="CRITICAL")
    declare(product, by=None, title=title, severity=severity, impact=impact)
    send.drain()


def texts(card: dict[str, object]) -> list[str]:
    """All that a reader of the card sees, without its buttons."""
    return re.findall(r'"text": ("(?:[^"\\]|\\.)*")', json.dumps(card["body"], ensure_ascii=False))


def test_teams_gets_a_card_whose_open_button_leads_to_the_incident(product: Product, mia: User) -> None:
    with receiver(lambda take: take.say(202)) as server:
        make_channel(product, "teams", mia, url=f"{server.url}/workflows/1?sig=canary")
        told(product, "Sign-in fails", "Nobody gets in.")
    (got,) = server.got
    message, delivery = json.loads(got.body), Delivery.objects.get(route__startswith="teams")
    assert (faults("teams", message), got.path) == ([], "/workflows/1?sig=canary")
    card = message["attachments"][0]["content"]
    assert card["body"][0]["inlines"][0]["text"] == f"CRITICAL {delivery.ref} Staff Mobile: Sign-in fails"
    assert card["body"][0]["inlines"][0]["color"] == "Attention"
    assert {fact["title"]: fact["value"] for fact in card["body"][-1]["facts"]}["Incident"] == delivery.ref
    # A room has nobody whom a link that acts could be bound to.
    assert [(act["title"], act["url"]) for act in card["actions"]] == [
        ("Open", f"http://localhost:8000/incidents/{delivery.ref}/")
    ]
    assert (delivery.state, "run history" in delivery.reason) == ("sent", True)


def test_ones_own_teams_chat_has_the_buttons_that_act(product: Product, ada: User) -> None:
    with receiver() as server:
        add_channel(kind=Kind.TEAMS, name="Mine", config={"url": f"{server.url}/w"}, by=ada)
        opened(product)
        send.drain()
    acts = json.loads(server.got[0].body)["attachments"][0]["content"]["actions"]
    assert [act["title"] for act in acts] == ["Acknowledge", "Can't, next person", "Open"]
    assert "/l/" in acts[0]["url"]


@pytest.mark.parametrize("piece", ['"', "\\", "\x07", "🚨", "word ", "line\n"], ids=repr)
def test_teams_takes_28_kb_and_never_gets_more(product: Product, mia: User, piece: str) -> None:
    channel = make_channel(product, "teams", mia, url="https://teams.example.test/w")
    with receiver() as server:
        channel.delete()
        make_channel(product, "teams", mia, url=f"{server.url}/w")
        opened(product)
        Delivery.objects.update(body=piece * (60_000 // len(piece)))
        send.drain()
    (got,) = server.got
    card = json.loads(got.body)["attachments"][0]["content"]
    assert (len(got.body) <= 28_000, faults("teams", json.loads(got.body))) == (True, [])
    assert card["actions"][0]["title"] == "Open"
    assert texts(card)[-1].endswith('…"') or piece == "\x07"


def test_nobody_is_mentioned_and_nothing_linked_in_teams_or_matrix(product: Product, mia: User) -> None:
    with receiver(event) as server:
        make_channel(product, "teams", mia, url=f"{server.url}/w")
        in_matrix(product, mia, server.url)
        told(product, NASTY, NASTY)
    card, note = (json.loads(got.body) for got in sorted(server.got, key=lambda got: got.path, reverse=True))
    assert NASTY in card["attachments"][0]["content"]["body"][0]["inlines"][0]["text"]
    assert "entities" not in json.dumps(card)
    assert (note["m.mentions"], "@room" in note["body"], "<b>" in note["formatted_body"]) == (
        {},
        False,
        False,
    )
    assert "&lt;b&gt;x&lt;/b&gt; &amp; &quot;q&quot;" in note["formatted_body"]
    assert re.findall(r'href="([^"]*)"', note["formatted_body"]) == [
        f"http://localhost:8000/incidents/{Delivery.objects.first().ref}/"  # type: ignore[union-attr]
    ]


def test_matrix_gets_a_put_whose_id_is_the_deliverys(product: Product, mia: User) -> None:
    with receiver(event) as server:
        in_matrix(product, mia, f"{server.url}/")
        told(product, "Sign-in fails")
    (got,) = server.got
    delivery = Delivery.objects.get(route__startswith="matrix")
    assert got.path == f"/_matrix/client/v3/rooms/%21kZtS%3Aexample.test/send/m.room.message/{delivery.uid}"
    assert (got.headers["authorization"], faults("matrix", json.loads(got.body))) == ("Bearer syt_canary", [])
    assert (delivery.state, delivery.reason) == ("sent", "The homeserver took it.")


def test_a_repeat_is_the_same_transaction_and_waits_as_long_as_it_is_told(
    product: Product, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_REST_S", 0)
    monkeypatch.setattr(matrix, "_rest", lambda said, reply: min(0.001, said["retry_after_ms"]))
    answers = iter(
        [(429, b'{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 40000}'), (200, b'{"event_id": "$1"}')]
    )
    with receiver(lambda take: take.say(*next(answers))) as server:
        in_matrix(product, mia, server.url)
        opened(product)
        send.drain()
        Delivery.objects.waiting().update(due_at=Delivery.objects.get(channel__kind="matrix").created_at)
        send.drain()
    assert len(server.got) == 2
    assert len({got.path for got in server.got}) == 1
    assert Delivery.objects.get(channel__kind="matrix").state == "sent"


@pytest.mark.parametrize(
    ("status", "body", "headers", "wanted"),
    [
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 40_000}, {}, ("pending", 40)),
        (429, {"errcode": "M_LIMIT_EXCEEDED"}, {"Retry-After": "90"}, ("pending", 90)),
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 10**8}, {}, ("pending", 900)),
        (502, "<html>", {}, ("pending", 5)),
        (200, "<html>", {}, ("pending", 5)),
        (403, {"errcode": "M_FORBIDDEN", "error": "no"}, {}, ("dead", "The bot may not write there")),
        (401, {"errcode": "M_UNKNOWN_TOKEN"}, {}, ("dead", "does not take the access token any more")),
        (413, {"errcode": "M_TOO_LARGE"}, {}, ("dead", "too long")),
        (404, {"errcode": "M_UNRECOGNIZED", "error": "What?\x1b[31m"}, {}, ("dead", "M_UNRECOGNIZED What?")),
        (400, ["odd"], {}, ("dead", "Answered 400")),
    ],
)
def test_what_a_homeserver_says_is_read(
    product: Product,
    mia: User,
    status: int,
    body: object,
    headers: dict[str, str],
    wanted: tuple[str, object],
) -> None:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    with receiver(lambda take: take.say(status, content, **headers)) as server:
        in_matrix(product, mia, server.url)
        opened(product)
        send.drain()
    delivery = Delivery.objects.get(channel__kind="matrix")
    assert delivery.state == wanted[0]
    if delivery.state == "dead":
        assert str(wanted[1]) in delivery.reason
        assert "\x1b" not in delivery.reason
    else:
        rested = (delivery.due_at - delivery.tries.latest("number").ended_at).total_seconds()  # type: ignore[operator]
        assert round(rested) == wanted[1]


@pytest.mark.parametrize(
    ("status", "body", "state", "said"),
    [
        (404, b"", "dead", "the workflow is gone"),
        (
            200,
            b"Webhook message delivery failed with error: HTTP error 429",
            "pending",
            "no more for a moment",
        ),
        (200, b"Webhook message delivery failed with error: HTTP error 403", "dead", "Teams did not take it"),
        (200, b"1", "sent", "Answered 200"),
    ],
)
def test_what_teams_says_is_read(
    product: Product, mia: User, status: int, body: bytes, state: str, said: str
) -> None:
    with receiver(lambda take: take.say(status, body)) as server:
        make_channel(product, "teams", mia, url=f"{server.url}/w")
        opened(product)
        send.drain()
    delivery = Delivery.objects.get(channel__kind="teams")
    assert (delivery.state, said in delivery.reason) == (state, True)


def test_a_test_says_what_happened(product: Product, mia: User) -> None:
    with receiver(event) as server:
        outcome = send_test(in_matrix(product, mia, server.url), by=mia)
    assert (outcome.result, outcome.detail) == ("sent", "The homeserver took it.")
    got: Got = server.got[0]
    assert "a test by Mia" in json.loads(got.body)["body"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"url": "https://m.example.test", "room": "#duty:example.test", "token": "x"}, "This is an alias"),
        (
            {"url": "https://m.example.test", "room": "duty", "token": "x"},
            "Write it like !AbCdEf:example.org",
        ),
        ({"url": "m.example.test", "room": ROOM, "token": "x"}, "must begin with http"),
        ({"url": "https://m.example.test", "room": ROOM}, "Fill this in"),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(
    client: Client, product: Product, mia: User, data: dict[str, str], said: str
) -> None:
    client.force_login(mia)
    answer = client.post(f"/settings/channels/add/matrix/?team={product.team.slug}", {"name": "x", **data})
    assert (answer.status_code, said in answer.text) == (422, True)


def test_the_pages_show_the_room_and_never_the_token(client: Client, product: Product, mia: User) -> None:
    client.force_login(mia)
    data = {"name": "Night", "url": "https://m.example.test", "room": ROOM, "token": "syt_canary"}
    assert client.post(f"/settings/channels/add/matrix/?team={product.team.slug}", data).status_code == 302
    channel = Channel.objects.get()
    pages = [client.get(path).text for path in ("/settings/channels/", f"/settings/channels/{channel.pk}/")]
    assert (ROOM in pages[0], any("canary" in page for page in pages)) == (True, False)
    assert "canary" not in channel.sealed + channel.shown


@pytest.mark.parametrize("piece", ['"', "&", "\n", "🚨", "a"])
def test_a_homeserver_takes_64_kb_and_never_gets_more(piece: str) -> None:
    parcel = Parcel(
        "u", "INC-1/1", "update", piece.strip() * 300 or "x", f"begins {piece * 20_000}", 1, moment.now()
    )
    packed = matrix.content(parcel)
    assert len(packed) <= 48_000
    assert json.loads(packed)["body"].partition("begins")[1] == "begins"
