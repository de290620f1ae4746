"""Slack's Web API: a method, its arguments, and what Slack says; never raises for what the other side does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from network.reply import Reply
from notifications.channels import answers

# People wait for these: Slack gives us three seconds to answer a press or a reply, and a press takes three of them.
QUICK_S = 0.9


@dataclass(frozen=True)
class Said:
    """`ok` and the rest of the JSON; `error` is Slack's word for what went wrong, "" when it did not speak at all."""

    ok: bool
    error: str
    reply: Reply
    data: dict[str, Any] = field(default_factory=dict)


def call(token: str, method: str, arguments: dict[str, Any], *, total_s: float = answers.WHOLE_S) -> Said:
    return _ask(token, method, json.dumps(arguments).encode(), "application/json; charset=utf-8", total_s)


def read(token: str, method: str, arguments: dict[str, str]) -> Said:
    """A method that only tells something: those take no JSON."""
    return _ask(token, method, urlencode(arguments).encode(), "application/x-www-form-urlencoded", QUICK_S)


def whisper(token: str, *, room: str, to: str, thread: str, text: str) -> bool:
    """Say `text` to one person of a room alone."""
    said = {"channel": room, "user": to, "text": text, **({"thread_ts": thread} if thread else {})}
    return call(token, "chat.postEphemeral", said, total_s=QUICK_S).ok


def replace(token: str, *, room: str, stamp: str, message: dict[str, Any]) -> bool:
    """`message` stands in `room` where `stamp` stood."""
    return call(token, "chat.update", {"channel": room, "ts": stamp, **message}, total_s=QUICK_S).ok


def _ask(token: str, method: str, content: bytes, kind: str, total_s: float) -> Said:
    headers = {"Content-Type": kind, "Authorization": f"Bearer {token}"}
    reply = answers.ask(f"{settings.SLACK_API}/{method}", content, headers, total_s=total_s)
    try:
        data = json.loads(reply.body) if reply.status == 200 else {}
    except (ValueError, RecursionError):
        data = {}
    if not isinstance(data, dict):
        data = {}
    return Said(data.get("ok") is True, str(data.get("error", ""))[:80], reply, data)
