"""What comes back from Slack at `/in/slack/{key}`: believed only when signed, done once, in the name of who did it."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.models import Incident, TimelineEvent
from notifications import send as sender
from notifications.models import Audience, Channel, Delivery
from notifications.slack.signature import made, signed
from notifications.slack.threads import press_of
from products.models import Product
from tests.factories import make_user
from tests.notifications.conftest import member, opened
from tests.notifications.shapes import faults
from tests.notifications.workspace import (
    ROOM,
    Workspace,
    app_in,
    press,
    profile,
    reply,
    send,
    workspace,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def slack(settings: Settings) -> Iterator[Workspace]:
    with workspace(settings) as stand_in:
        stand_in.people = {
            "U0ADA": profile("Ada@example.test", "Ada L."),
            "U0VERA": profile("vera@example.test", "Vera"),
            "U0PRIYA": profile("priya@elsewhere.test", "Priya <!here>"),
        }
        yield stand_in


@pytest.fixture
def channel(product: Product, mia: User, ada: User, slack: Workspace) -> Channel:
    return app_in(product, mia)


@pytest.fixture
def incident(product: Product, channel: Channel) -> Incident:
    """Open, and its thread stands in the room."""
    found = opened(product)
    sender.drain()
    return found


def _closing[T](act: Callable[[], T]) -> T:
    try:
        return act()
    finally:
        connections.close_all()


def button(channel: Channel) -> str:
    return press_of(Delivery.objects.filter(channel=channel).earliest("pk"))


def notes(incident: Incident) -> list[tuple[str, str, str]]:
    found = (
        TimelineEvent.objects.filter(incident=incident, kind="noted")
        .select_related("payload")
        .order_by("seq")
    )
    return [(one.actor_label, one.source, one.text) for one in found]


def test_a_press_acknowledges_as_the_person_whose_address_slack_vouches_for(
    incident: Incident, channel: Channel, ada: User, slack: Workspace
) -> None:
    assert press(channel, button(channel)).status_code == 200
    event = TimelineEvent.objects.get(incident=incident, kind="acknowledged")
    assert (event.actor, event.source) == (ada, "slack")
    assert slack.whispers == [f"You have it: {incident.ref} is acknowledged."]
    # Again, and by somebody else: nothing happens twice, and they hear who has it.
    press(channel, button(channel))
    slack.people["U0MIA"] = profile("mia@example.test")
    press(channel, button(channel), "U0MIA")
    assert TimelineEvent.objects.filter(incident=incident, kind="acknowledged").count() == 1
    assert slack.whispers[1:] == [f"You have it: {incident.ref} is acknowledged.", "Ada has it."]


def test_the_message_says_who_has_it_and_asks_nobody_any_more(
    incident: Incident, channel: Channel, product: Product, ada: User, slack: Workspace
) -> None:
    press(channel, button(channel), "U0PRIYA")
    assert slack.replaced == []
    press(channel, button(channel))
    (shown,) = slack.replaced
    (first,) = slack.got("chat.postMessage")
    assert (shown["channel"], shown["ts"]) == (ROOM, "1763700000.000001")
    assert faults("slack_message", shown) == []
    kinds = [block["type"] for block in shown["blocks"]]
    assert kinds == [*[block["type"] for block in first["blocks"][:-1]], "context", "actions"]
    assert shown["blocks"][:-2] == first["blocks"][:-1]
    incident.refresh_from_db()
    assert incident.acknowledged_at
    at = incident.acknowledged_at.astimezone(ZoneInfo(product.team.time_zone))
    said = f"Acknowledged by Ada, {at:%d %b %H:%M %Z}."
    assert shown["blocks"][-2]["elements"][0]["text"] == said
    assert [one["text"]["text"] for one in shown["blocks"][-1]["elements"]] == ["Open"]
    assert shown["text"].startswith(said)


def test_a_button_that_was_left_over_says_who_was_faster_on_the_page(
    incident: Incident, channel: Channel, mia: User, slack: Workspace
) -> None:
    transitions.acknowledge(incident, by=mia)
    press(channel, button(channel), "U0PRIYA")
    (shown,) = slack.replaced
    assert shown["blocks"][-2]["elements"][0]["text"].startswith("Acknowledged by Mia, ")
    # Of what became private the room hears nothing any more.
    Incident.objects.filter(pk=incident.pk).update(private=True)
    press(channel, button(channel))
    assert len(slack.replaced) == 1


NOT_ONE_OF_US = "only members of this workspace"
UNKNOWN: list[tuple[dict[str, Any] | None, str]] = [
    (profile("nobody@example.test"), "Nobody in Nightdesk has the e-mail address"),
    (profile("ada@example.test", team_id="T0OTHER"), NOT_ONE_OF_US),
    (profile("ada@example.test", is_stranger=True), NOT_ONE_OF_US),
    (profile("ada@example.test", deleted=True), NOT_ONE_OF_US),
    (profile("ada@example.test", is_bot=True), NOT_ONE_OF_US),
    (profile("ada@example.test", is_email_confirmed=False), NOT_ONE_OF_US),
    ({"team_id": "T0HOUSE", "profile": {}}, NOT_ONE_OF_US),
    (None, "Slack did not say who you are"),
]


def test_whoever_is_not_known_for_sure_is_told_so_and_does_nothing(
    incident: Incident, channel: Channel, slack: Workspace
) -> None:
    value = button(channel)
    for facts, said in UNKNOWN:
        slack.people = {"U0ADA": facts} if facts else {}
        before = len(slack.whispers)
        assert press(channel, value).status_code == 200, facts
        assert [said in told for told in slack.whispers[before:]] == [True], facts
        incident.refresh_from_db()
        assert incident.acknowledged_at is None, facts


def test_who_may_only_read_or_is_gone_does_nothing(
    incident: Incident, channel: Channel, product: Product, ada: User, slack: Workspace
) -> None:
    member(product, "vera", "viewer")
    press(channel, button(channel), "U0VERA")
    make_user("olga@example.test")
    slack.people["U0OLGA"] = profile("olga@example.test")
    press(channel, button(channel), "U0OLGA")
    User.objects.filter(pk=ada.pk).update(is_active=False)
    press(channel, button(channel), "U0ADA")
    incident.refresh_from_db()
    assert incident.acknowledged_at is None
    assert [told[:19] for told in slack.whispers] == ["You may not do this"] * 2 + ["Nobody in Nightdesk"]


def test_nothing_of_an_incident_that_became_private_gets_out_or_in(
    incident: Incident, channel: Channel, slack: Workspace
) -> None:
    Incident.objects.filter(pk=incident.pk).update(private=True)
    press(channel, button(channel))
    reply(channel, "I was in the office", "U0PRIYA")
    reply(channel, "and me", "U0ADA", event="Ev2")
    incident.refresh_from_db()
    assert (incident.acknowledged_at, notes(incident)) == (None, [])
    assert not any(incident.title in told or incident.ref in told for told in slack.whispers)
    assert len(slack.whispers) == 3


def test_a_reply_in_the_thread_is_a_note_by_whoever_wrote_it(
    incident: Incident, channel: Channel, ada: User, slack: Workspace
) -> None:
    assert reply(channel, "Looks like <@U9> &amp; <https://a.test|the queue>").status_code == 200
    assert notes(incident) == [("Ada", "slack", "Looks like @U9 & the queue (https://a.test)")]
    assert slack.whispers == []


def test_words_of_somebody_unknown_are_kept_as_reported_in_nobodys_name(
    incident: Incident, channel: Channel, product: Product, slack: Workspace, client: Client, ada: User
) -> None:
    member(product, "vera", "viewer")
    reply(channel, "&lt;script&gt;alert(1)&lt;/script&gt; ![x](http://evil.test/x.png)", "U0PRIYA")
    reply(channel, "I see it too", "U0VERA", event="Ev2")
    assert notes(incident) == [
        (
            "Priya <!here> in Slack, not signed in here",
            "slack",
            "<script>alert(1)</script> ![x](http://evil.test/x.png)",
        ),
        ("Vera in Slack, not signed in here", "slack", "I see it too"),
    ]
    assert TimelineEvent.objects.filter(incident=incident, kind="noted", actor=None).count() == 2
    client.force_login(ada)
    page = client.get(f"/incidents/{incident.ref}/").text
    assert ("not signed in here" in page, "<script>alert" in page, 'src="http://evil' in page) == (
        True,
        False,
        False,
    )


def test_what_slack_repeats_is_noted_once(incident: Incident, channel: Channel, slack: Workspace) -> None:
    for _attempt in range(3):
        assert reply(channel, "Once").status_code == 200
    reply(channel, "Once", event="Ev2")
    assert [text for _who, _source, text in notes(incident)] == ["Once", "Once"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_noted_once(incident: Incident, channel: Channel) -> None:
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _n: _closing(lambda: reply(channel, "Once").status_code), range(4)))
    assert (statuses, len(notes(incident))) == ([200] * 4, 1)


NO_REPLIES: list[dict[str, Any]] = [
    {"thread": "1763700000.999999"}, {"channel": "C0ANOTHER1"}, {"bot_id": "B1"}, {"subtype": "message_changed"},
    {"subtype": "channel_join"}, {"ts": "1763700000.000001"}, {"text": "  "}, {"type": "app_mention"},
    {"user": None},
]  # fmt: skip


def test_what_is_no_reply_of_a_person_in_our_thread_is_not_noted(
    incident: Incident, channel: Channel
) -> None:
    for number, more in enumerate(NO_REPLIES):
        answer = reply(channel, **{"text": "Hello", "event": f"Ev{number}", **more})
        assert (answer.status_code, notes(incident)) == (200, []), more
    reply(channel, "Hello", event="EvLast")
    assert len(notes(incident)) == 1


def test_files_are_named_and_a_long_text_is_cut(incident: Incident, channel: Channel) -> None:
    reply(channel, "See", subtype="file_share", files=[{"name": "log.txt"}, {"odd": 1}, "odd"])
    reply(channel, "x" * 9_000, event="Ev2")
    texts = [text for _who, _source, text in notes(incident)]
    assert (texts[0], len(texts[1]), texts[1][-1]) == ("See\n[log.txt]", 4_000, "…")


def test_slacks_first_question_is_answered_only_when_it_is_signed(channel: Channel) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}).encode()
    answer = send(channel, body)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"3eZbrw1a", "text/plain")
    assert send(channel, body, secret="A" * 32).status_code == 401


def test_the_signature_is_the_one_of_slacks_own_example() -> None:
    """Secret, moment and signature as Slack's documentation prints them: made by others, so not our mistake twice."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
        b"96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    right = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert made("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == right
    headers = {"X-Slack-Request-Timestamp": "1531420618", "X-Slack-Signature": right}
    at = [datetime.fromtimestamp(1531420618 + late, UTC) for late in (0, 300, -300, 301, -301)]
    assert [signed("8f742231b10e8888abcd99yyyzzz85a5", headers, body, now) for now in at] == [
        True, True, True, False, False,
    ]  # fmt: skip


UNSIGNED: list[dict[str, Any]] = [
    {"secret": "B" * 32}, {"signature": ""}, {"signature": "v0="}, {"signature": "v1=" + "0" * 64},
    {"signature": "é" * 64}, {"signature": "v0=" + "g" * 64}, {"stamp": ""}, {"stamp": "now"}, {"stamp": "-1"},
    {"stamp": "1" * 40}, {"stamp": "١٢٣"}, {"stamp": "1e9"}, {"key": "A" * 43}, {"key": "x"}, {"key": "é"},
    {"age_s": 301}, {"age_s": -310},
]  # fmt: skip


def test_what_is_not_signed_or_old_or_early_is_401_whatever_it_is(
    incident: Incident, channel: Channel, settings: Settings
) -> None:
    settings.NIGHTDESK_REFUSED_A_MINUTE = 2 * len(UNSIGNED)
    value = button(channel)
    for given in UNSIGNED:
        stamp = {"stamp": str(int(time.time()))} if "signature" in given else {}
        assert press(channel, value, **stamp, **given).status_code == 401, given
        incident.refresh_from_db()
        assert incident.acknowledged_at is None, given
    assert press(channel, value).status_code == 200
    incident.refresh_from_db()
    assert incident.acknowledged_at


JSON, FORM = "application/json", "application/x-www-form-urlencoded"
NONSENSE = [
    (b"", JSON),
    (b"[]", JSON),
    (b"{", JSON),
    (b"[" * 100_000, JSON),
    (b"\xff\xfe", JSON),
    (b'{"type": "event_callback"}', JSON),
    (b'{"type": "event_callback", "event": {"type": "message", "thread_ts": "1.1", "user": 7}}', JSON),
    (b"payload=%7B", FORM),
    (b"&" * 5_000, FORM),
    (b'payload={"type":"block_actions","actions":[{"action_id":"acknowledge"}]}', FORM),
    (b"payload=[]", FORM),
]


def test_signed_nonsense_is_refused_and_breaks_nothing(channel: Channel) -> None:
    for body, kind in NONSENSE:
        assert send(channel, body, kind).status_code in (200, 400), body[:80]


def test_a_lone_surrogate_and_a_nul_do_no_harm(incident: Incident, channel: Channel) -> None:
    assert reply(channel, "odd \ud800 \x00 \u202e end").status_code == 200
    assert [text for _who, _source, text in notes(incident)] == ["odd ?   end"]


def test_one_app_may_serve_several_rooms_and_another_app_speaks_for_none_of_them(
    incident: Incident, channel: Channel, product: Product, mia: User
) -> None:
    twin = app_in(product, mia, room="C0TWIN1234")
    other = app_in(product, mia, room="C0OTHER123", secret="C" * 32)
    reply(other, "Forged", secret="C" * 32)
    press(other, button(channel), secret="C" * 32)
    incident.refresh_from_db()
    assert (incident.acknowledged_at, notes(incident)) == (None, [])
    reply(twin, "By the app's one address", event="Ev2")
    assert len(notes(incident)) == 1


def test_an_archived_room_or_one_for_users_has_no_address(
    incident: Incident, channel: Channel, product: Product, mia: User
) -> None:
    Channel.objects.filter(pk=channel.pk).update(audience=Audience.USERS)
    assert reply(channel, "Hello").status_code == 401
    Channel.objects.filter(pk=channel.pk).update(audience=Audience.INTERNAL, archived_at=datetime.now(UTC))
    assert reply(channel, "Hello").status_code == 401
    assert notes(incident) == []


def test_get_is_not_answered_and_guessing_is_slowed_down(channel: Channel, settings: Settings) -> None:
    assert Client().get(f"/in/slack/{channel.key}").status_code == 405
    settings.NIGHTDESK_REFUSED_A_MINUTE = 3
    statuses = [send(channel, b"{}", secret="D" * 32).status_code for _try in range(5)]
    assert statuses == [401, 401, 401, 429, 429]


def test_a_button_in_a_room_is_no_one_tap_link(incident: Incident, channel: Channel) -> None:
    delivery = Delivery.objects.filter(channel=channel).earliest("pk")
    assert (delivery.asks, delivery.offers) == (True, [])
    assert Client().get(f"/l/{press_of(delivery)}").status_code == 404
