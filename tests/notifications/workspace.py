"""A stand-in for Slack on loopback: takes messages, tells who people are, and signs what it sends as Slack does."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.test import Client
from pytest_django import Settings

from accounts.models import User
from notifications.models import Channel, Kind
from notifications.ways import add_channel
from products.models import Product
from tests.notifications.receiving import Receiver, Take, receiver

ROOM, TEAM, SECRET = "C0EMERGENCY", "T0HOUSE", "8f742231b10e8888abcd99yyyzzz85a5"


def profile(email: str, name: str = "Somebody", **more: Any) -> dict[str, Any]:
    return {
        "team_id": TEAM,
        "is_email_confirmed": True,
        "profile": {"email": email, "display_name": name},
        **more,
    }


@dataclass
class Workspace:
    """`people`: Slack user id → users.info; `answers`: what chat.postMessage says next, before it says yes."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    server: Receiver | None = None
    posted: int = 0

    def answer(self, take: Take) -> None:
        got = take.server.got[-1]
        method = got.path.rpartition("/")[2]
        if method == "users.info":
            known = self.people.get(parse_qs(got.body.decode())["user"][0])
            return _say(
                take, 200, {"ok": True, "user": known} if known else {"ok": False, "error": "user_not_found"}
            )
        if method == "chat.postMessage" and self.answers:
            return _say(take, *self.answers.pop(0))
        self.posted += 1
        return _say(take, 200, {"ok": True, "channel": ROOM, "ts": f"1763700000.{self.posted:06}"})

    def got(self, method: str) -> list[dict[str, Any]]:
        assert self.server
        return [json.loads(got.body) for got in self.server.got if got.path == f"/api/{method}"]

    @property
    def replaced(self) -> list[dict[str, Any]]:
        return self.got("chat.update")

    @property
    def whispers(self) -> list[str]:
        return [said["text"] for said in self.got("chat.postEphemeral")]


def _say(take: Take, status: int, said: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    take.say(status, json.dumps(said).encode(), **(headers or {}))


@contextmanager
def workspace(settings: Settings) -> Iterator[Workspace]:
    slack = Workspace()
    with receiver(slack.answer) as server:
        slack.server = server
        settings.SLACK_API = f"{server.url}/api"
        yield slack


def app_in(product: Product, by: User, room: str = ROOM, secret: str = SECRET, **more: Any) -> Channel:
    config = {"token": "xoxb-canary", "room": room, **({"secret": secret} if secret else {})}
    return add_channel(kind=Kind.SLACK, name=f"#{room}", config=config, by=by, team=product.team, **more)


def signature(body: bytes, stamp: str, secret: str = SECRET) -> str:
    """Made here anew, as Slack describes it: not by the code that judges it."""
    return (
        "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    )


def send(
    channel: Channel, body: bytes, kind: str = "application/json", *, age_s: float = 0, **given: str
) -> Any:
    """As Slack's servers do it; the answer. `given`: secret, stamp or signature instead of the right ones."""
    stamp = given.get("stamp", str(int(time.time() - age_s)))
    signed = given.get("signature", signature(body, stamp, given.get("secret", SECRET)))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed}
    path = f"/in/slack/{given.get('key', channel.key)}"
    return Client().post(path, body, content_type=kind, headers=headers)


def press(channel: Channel, value: str, who: str = "U0ADA", **given: Any) -> Any:
    said = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": who, "team_id": TEAM},
        "channel": {"id": ROOM},
        "message": {"ts": "1763700000.000001"},
        "actions": [{"type": "button", "action_id": "acknowledge", "value": value}],
    }
    body = urlencode({"payload": json.dumps(said)}).encode()
    return send(channel, body, "application/x-www-form-urlencoded", **given)


def reply(app: Channel, text: str, who: str = "U0ADA", event: str = "Ev1", **more: Any) -> Any:
    given = {
        name: more.pop(name) for name in ("age_s", "secret", "signature", "stamp", "key") if name in more
    }
    thread = more.pop("thread", "1763700000.000001")
    told = {"type": "message", "user": who, "text": text, "channel": ROOM, "ts": "1763700009.000100"}
    said = {"type": "event_callback", "team_id": TEAM, "event_id": event,
            "event": {**told, "thread_ts": thread, **more}}  # fmt: skip
    return send(app, json.dumps(said).encode(), **given)
