"""A Slack app in a room: blocks with buttons, one thread per incident, and what Slack's answers mean."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Mode
from notifications import send
from notifications.models import Audience, Channel, Delivery, Kind, Thread
from notifications.ways import add_channel, edit_channel, send_test
from products.models import Product
from tests.notifications.conftest import make_channel, opened
from tests.notifications.receiving import receiver
from tests.notifications.shapes import faults
from tests.notifications.workspace import ROOM, SECRET, app_in, workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]
HOOK = "https://hooks.example.test/services/T0/canary"


def buttons(message: dict[str, Any]) -> list[str]:
    return [
        one["text"]["text"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
    ]


def test_a_room_gets_blocks_with_buttons_and_all_of_an_incident_in_one_thread(
    product: Product, mia: User, settings: Settings
) -> None:
    with workspace(settings) as slack:
        app_in(product, mia)
        incident = opened(product)
        send.drain()
        transitions.acknowledge(incident, by=mia)
        transitions.resolve(incident, by=mia)
        send.drain()
        opened(product)
        send.drain()
    first, last, other = slack.got("chat.postMessage")
    assert [faults("slack_message", said) for said in (first, last, other)] == [[], [], []]
    assert (first["channel"], first.get("thread_ts"), buttons(first)) == (ROOM, None, ["Acknowledge", "Open"])
    # Over: in the thread and in the room, and nothing to take any more.
    assert (last["thread_ts"], last["reply_broadcast"], buttons(last)) == (
        "1763700000.000001",
        True,
        ["Open"],
    )
    assert "thread_ts" not in other
    assert {one.ref for one in Thread.objects.all()} == {"INC-1", "INC-2"}
    assert first["metadata"]["event_payload"]["id"] == str(
        Delivery.objects.get(about="INC-1/1", channel__isnull=False).uid
    )


def test_a_title_mentions_nobody_in_blocks_text_and_webhooks(
    product: Product, mia: User, settings: Settings
) -> None:
    title = "<!channel> @channel @everyone @here <@U1> [x](http://evil.test) ada@example.test"
    with workspace(settings) as slack, receiver() as hook:
        app_in(product, mia)
        make_channel(product, "slack", mia, url=f"{hook.url}/x")
        declare(product, by=None, title=title)
        send.drain()
    (said,), text = slack.got("chat.postMessage"), json.loads(hook.got[0].body)["text"]
    assert faults("slack_webhook", json.loads(hook.got[0].body)) == []
    for read in (said["text"], text):
        assert not any(bad in read for bad in ("<!", "<@", "@channel", "@everyone", "@here", "]("))
        assert "ada@example.test" in read
    # Slack reads no mention in plain_text, whatever it looks like.
    kinds = {block["text"]["type"] for block in said["blocks"] if "text" in block}
    assert (kinds, "<!channel>" in said["blocks"][0]["text"]["text"]) == ({"plain_text"}, True)


@pytest.mark.parametrize("piece", ["&", "<", "line\n", "🚨"])
def test_however_long_it_is_slack_takes_it(
    product: Product, mia: User, settings: Settings, piece: str
) -> None:
    with workspace(settings) as slack, receiver() as hook:
        app_in(product, mia)
        make_channel(product, "slack", mia, url=f"{hook.url}/x")
        opened(product)
        Delivery.objects.update(body=piece * 50_000, subject=(piece.strip() * 300)[:300])
        send.drain()
    assert faults("slack_message", slack.got("chat.postMessage")[0]) == []
    assert faults("slack_webhook", json.loads(hook.got[0].body)) == []


def test_without_a_signing_secret_there_is_no_button_that_nobody_would_hear(
    product: Product, mia: User, settings: Settings
) -> None:
    with workspace(settings) as slack:
        channel = app_in(product, mia, secret="")
        opened(product)
        send.drain()
    assert (channel.key, buttons(slack.got("chat.postMessage")[0])) == ("", ["Open"])


def test_ones_own_app_has_the_links_that_act(product: Product, ada: User, settings: Settings) -> None:
    with workspace(settings) as slack:
        config = {"token": "xoxb-1", "room": "D0ADA12345"}
        add_channel(kind=Kind.SLACK, name="Mine", config=config, by=ada)
        opened(product)
        send.drain()
    (said,) = slack.got("chat.postMessage")
    assert (faults("slack_message", said), buttons(said)) == (
        [],
        ["Acknowledge", "Can't, next person", "Open"],
    )


def test_a_drill_sends_nothing_and_users_get_no_thread(
    product: Product, mia: User, settings: Settings
) -> None:
    with workspace(settings) as slack:
        status = app_in(product, mia, audience=Audience.USERS)
        app_in(product, mia)
        declare(product, by=mia, title="Only tried", mode=Mode.DRILL)
        send.drain()
        assert slack.got("chat.postMessage") == []
        assert send_test(status, by=mia).result == "sent"
    assert not Thread.objects.exists()


def test_a_thread_that_is_gone_is_begun_anew(product: Product, mia: User, settings: Settings) -> None:
    with workspace(settings) as slack:
        app_in(product, mia)
        incident = opened(product)
        send.drain()
        slack.answers = [(200, {"ok": False, "error": "thread_not_found"}, {})]
        transitions.resolve(incident, by=mia)
        send.drain()
    assert [said.get("thread_ts") for said in slack.got("chat.postMessage")] == [
        None,
        "1763700000.000001",
        None,
    ]
    assert Thread.objects.get().stamp == "1763700000.000002"


@pytest.mark.parametrize(
    ("status", "said", "headers", "state", "words"),
    [
        (429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "30"}, "pending", "Answered 429"),
        (200, {"ok": False, "error": "ratelimited"}, {}, "pending", "come later"),
        (503, {}, {}, "pending", "Answered 503"),
        (200, {"odd": 1}, {}, "pending", "does not speak as Slack does"),
        (200, {"ok": False, "error": "token_revoked"}, {}, "dead", "enter a new one"),
        (200, {"ok": False, "error": "not_in_channel"}, {}, "dead", "/invite"),
        (200, {"ok": False, "error": "missing_scope", "needed": "chat:write"}, {}, "dead", "chat:write"),
        (200, {"ok": False, "error": "restricted_action"}, {}, "dead", "Slack said: restricted_action"),
    ],
)
def test_what_slack_says_is_read(
    product: Product, mia: User, settings: Settings, status: int, said: dict[str, Any], headers: dict[str, str],
    state: str, words: str,
) -> None:  # fmt: skip
    with workspace(settings) as slack:
        slack.answers = [(status, said, headers)]
        app_in(product, mia)
        opened(product)
        send.drain()
    delivery = Delivery.objects.get(channel__isnull=False)
    assert (delivery.state, words in delivery.reason) == (state, True)
    if headers:
        assert round((delivery.due_at - delivery.tries.get().ended_at).total_seconds()) == 30  # type: ignore[operator]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Give a webhook’s address, or an app’s token and room."),
        ({"token": "xoxb-1"}, "An app needs both its token and the room’s id."),
        ({"url": HOOK, "token": "xoxb-1", "room": ROOM}, "Give the webhook or the app, not both."),
        ({"token": "xoxp-1", "room": ROOM}, "begins with “xoxb-”"),
        ({"token": "xoxb-1", "room": "#emergency"}, "Copy the room’s id"),
        ({"token": "xoxb-1", "room": ROOM, "secret": "no secret!"}, "Copy the signing secret"),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(
    client: Client, product: Product, mia: User, data: dict[str, str], said: str
) -> None:
    client.force_login(mia)
    answer = client.post(f"/settings/channels/add/slack/?team={product.team.slug}", {"name": "x", **data})
    assert (answer.status_code, said in answer.text, Channel.objects.count()) == (422, True, 0)


def test_the_page_says_what_is_left_to_do_in_slack(client: Client, product: Product, mia: User) -> None:
    client.force_login(mia)
    data = {"name": "Room", "token": "xoxb-canary", "room": ROOM, "secret": SECRET}
    page = client.post(f"/settings/channels/add/slack/?team={product.team.slug}", data, follow=True)
    channel = Channel.objects.get()
    assert f"http://localhost:8000/in/slack/{channel.key}" in page.text
    assert not any(secret in page.text for secret in ("xoxb-canary", SECRET))
    assert f"app in {ROOM}, answers" in client.get("/settings/channels/").text


def test_a_webhook_becomes_an_app_and_back(product: Product, mia: User) -> None:
    channel = make_channel(product, "slack", mia, url=HOOK)
    with pytest.raises(ValidationError):
        edit_channel(channel, name="x", config={"token": "xoxb-1"}, by=mia)
    edit_channel(channel, name="x", config={"token": "xoxb-1", "room": ROOM, "secret": SECRET}, by=mia)
    key = channel.key
    Thread.objects.create(channel=channel, ref="INC-1", room=ROOM, stamp="1.1")
    edit_channel(channel, name="y", config={}, by=mia)
    assert (len(key), channel.key, channel.threads.count()) == (43, key, 1)
    edit_channel(channel, name="y", config={"url": HOOK}, by=mia)
    assert (channel.key, channel.shown, channel.threads.count()) == ("", "https://hooks.example.test/…", 0)
