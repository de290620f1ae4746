"""What Slack sends, as plain values: a question whether we are here, a press of our button, a reply in a thread. Pure.

Everything else (other buttons, edits, joins, what bots say) is nothing to us.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from foundation.text import stripped
from notifications.channels.words import short
from notifications.slack.blocks import PRESS

MOST_TEXT = 4_000
# A plain message, one with a file, one that is shown in the room too.
TAKEN = (None, "file_share", "thread_broadcast")
_STAMP = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_NAME = re.compile(r"[A-Za-z0-9]{1,40}")
_ANGLES = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


class Malformed(Exception):
    """Signed, and not what Slack sends."""


@dataclass(frozen=True)
class Challenge:
    text: str


@dataclass(frozen=True)
class Press:
    """`who` pressed our button in `room`; `value` is what we put into it. `stamp` is the message with the button,
    `thread` the one that it stands in; "" for none.
    """

    who: str
    workspace: str
    room: str
    thread: str
    stamp: str
    value: str


@dataclass(frozen=True)
class Reply:
    """`who` wrote `text` below our message `thread` in `room`; `event` is the same when Slack repeats itself."""

    event: str
    who: str
    workspace: str
    room: str
    thread: str
    stamp: str
    text: str


def read(kind: str, body: bytes) -> Challenge | Press | Reply | None:
    """Raises Malformed."""
    try:
        if kind.partition(";")[0].strip() == "application/x-www-form-urlencoded":
            payload = parse_qs(body.decode(), max_num_fields=20).get("payload", [""])[0]
            return _press(_object(json.loads(payload)))
        said = _object(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if said.get("type") == "url_verification":
        return Challenge(_text(said.get("challenge"))[:500])
    return _reply(said) if said.get("type") == "event_callback" else None


def _press(said: dict[str, Any]) -> Press | None:
    actions = said.get("actions")
    if said.get("type") != "block_actions" or not isinstance(actions, list):
        return None
    for act in (one for one in actions if isinstance(one, dict)):
        if act.get("action_id") == PRESS:
            box, message = _object(said.get("container", {})), _object(said.get("message", {}))
            return Press(
                who=_name(_object(said.get("user", {})).get("id")),
                workspace=_workspace(said),
                room=_name(_object(said.get("channel", {})).get("id") or box.get("channel_id")),
                thread=_stamp_or_none(message.get("thread_ts")),
                stamp=_stamp_or_none(message.get("ts") or box.get("message_ts")),
                value=_text(act.get("value"))[:500],
            )
    return None


def _workspace(said: dict[str, Any]) -> str:
    """Whose app it is; a person of another workspace brings that one in `user`."""
    team = said.get("team")
    named = team.get("id") if isinstance(team, dict) else said.get("team_id")
    return _name(named or _object(said.get("user", {})).get("team_id"))


def _reply(said: dict[str, Any]) -> Reply | None:
    event = _object(said.get("event", {}))
    thread, who = event.get("thread_ts"), event.get("user")
    ours = event.get("type") == "message" and event.get("subtype") in TAKEN and thread != event.get("ts")
    if not ours or not thread or not who or event.get("bot_id"):
        return None
    text = "\n".join(part for part in (said_plainly(_text(event.get("text", ""))), _files(event)) if part)
    if not text:
        return None
    return Reply(
        event=_name(said.get("event_id")),
        who=_name(who),
        workspace=_name(said.get("team_id")),
        room=_name(event.get("channel")),
        thread=_stamp(thread),
        stamp=_stamp(event.get("ts")),
        text=short(text, MOST_TEXT),
    )


def said_plainly(text: str) -> str:
    """Slack's `<@U1>`, `<#C1|duty>`, `<https://a.test|here>` and `&lt;` as one reads them."""
    shown = _ANGLES.sub(lambda found: _named(found[1], found[2] or ""), text)
    return stripped(html.unescape(shown)).strip()


def _named(target: str, label: str) -> str:
    if target.startswith(("@", "#")):
        return target[0] + (label.lstrip("@#") or target[1:])
    if target.startswith("!"):
        return label or "@" + target[1:].partition("^")[0]
    return f"{label} ({target})" if label and label != target else target


def _files(event: dict[str, Any]) -> str:
    files = event.get("files")
    named = (
        [_text(one.get("name", "")) for one in files if isinstance(one, dict)]
        if isinstance(files, list)
        else []
    )
    return "\n".join(f"[{short(stripped(name), 120)}]" for name in named[:20] if name)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed
    return value


def _text(value: Any) -> str:
    """Without lone surrogates, which JSON can say and no database takes."""
    if not isinstance(value, str):
        raise Malformed
    return value.encode(errors="replace").decode()


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise Malformed
    return value


def _stamp(value: Any) -> str:
    if not isinstance(value, str) or not _STAMP.fullmatch(value):
        raise Malformed
    return value


def _stamp_or_none(value: Any) -> str:
    return _stamp(value) if value else ""
