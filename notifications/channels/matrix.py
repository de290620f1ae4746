"""Matrix: a message to a room of any homeserver. The transaction id is the delivery's own, so that a repeat is no
second message: the protocol says so.

`m.mentions` is there and empty: nobody is mentioned, whatever the text says.
"""

import json
import re
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from network import locator
from network.reply import Reply
from notifications.channels import answers
from notifications.channels.forms import ChannelForm, Secret, header_word, host_of, web_address
from notifications.channels.words import cut, harmless, short, without_links
from notifications.parcel import Outcome, Parcel

# An event with all that servers add to it has 65,536 bytes; the text stands in it twice.
MOST_BYTES, MOST_PACKED = 12_000, 48_000
_ROOM = re.compile(r"![^\s/:]+(:[^\s/]+)?")


def _is_room(value: str) -> None:
    if value.startswith("#"):
        raise ValidationError(_("This is an alias. Copy the room’s own id: it begins with “!”."))
    if not _ROOM.fullmatch(value):
        raise ValidationError(_("Write it like !AbCdEf:example.org"))


def _bare(value: str) -> None:
    if "?" in value or "#" in value:
        raise ValidationError(_("Only where the homeserver is, such as https://matrix.example.org"))


class MatrixForm(ChannelForm):
    url = Secret(
        label=lazy("Homeserver"),
        validators=[web_address, _bare],
        help_text=lazy("Where the bot signs in, such as https://matrix.example.org"),
    )
    room = Secret(
        label=lazy("Room id"),
        max_length=255,
        validators=[_is_room],
        help_text=lazy(
            "In Element: the room’s settings, Advanced, “Internal room ID”. Take a room without encryption."
        ),
    )
    token = Secret(
        label=lazy("Access token"),
        validators=[header_word],
        help_text=lazy(
            "Of an account for the bot, which must be in the room. In Element, signed in as the bot: Settings, "
            "Help & About, Access Token."
        ),
    )
    secrets = ("url", "room", "token")
    kept = {"token": lazy("Leave this empty to keep what is set, unless the homeserver changes.")}


def shown(config: dict[str, str]) -> str:
    return f"{short(config['room'], 100)} · {host_of(config['url'])}"


def unusable() -> str:
    return ""


def send(parcel: Parcel) -> Outcome:
    server = locator.clean(parcel.config["url"]).rstrip("/")
    room, txn = quote(parcel.config["room"], safe=""), quote(parcel.uid, safe="")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {parcel.config['token']}"}
    url = f"{server}/_matrix/client/v3/rooms/{room}/send/m.room.message/{txn}"
    return _judge(answers.ask(url, content(parcel), headers, method="PUT"))


def content(parcel: Parcel) -> bytes:
    """The message, its text cut until all of it is short enough: a quote weighs many times what it is."""
    most = MOST_BYTES
    while (
        len(packed := json.dumps(message(parcel, most), ensure_ascii=False).encode()) > MOST_PACKED
        and most > 500
    ):
        most = most * 3 // 4
    return packed


def message(parcel: Parcel, most: int = MOST_BYTES) -> dict[str, Any]:
    subject, body = harmless(short(parcel.subject, 300)), harmless(cut(parcel.body, most))
    links = [
        *[(link.label, link.url) for link in parcel.links],
        *([(_("Open"), parcel.url)] if parcel.url else []),
    ]
    plain = [subject, body, *[f"{label}: {url}" for label, url in links]]
    buttons = " · ".join(f'<a href="{escape(url)}">{escape(label)}</a>' for label, url in links)
    html = [f"<strong>{escape(subject)}</strong>", escape(body).replace("\n", "<br>"), buttons]
    return {
        "msgtype": "m.text",
        "body": "\n".join(part for part in plain if part),
        "format": "org.matrix.custom.html",
        "formatted_body": "<br>".join(part for part in html if part),
        "m.mentions": {},
    }


def _judge(reply: Reply) -> Outcome:
    if not reply.status:
        return answers.judge(reply)
    said = answers.read_object(reply.body)
    if 200 <= reply.status < 300:
        if isinstance(said.get("event_id"), str):
            return Outcome("sent", _("The homeserver took it."))
        words = _("What answers there is not a Matrix server: look at the address.")
        return Outcome("retry", reply.detail or words)
    code = str(said.get("errcode", ""))
    if code == "M_LIMIT_EXCEEDED" or reply.status == 429:
        return Outcome("retry", _("The homeserver asks us to come later."), rest_s=_rest(said, reply))
    if words := _hopeless(code):
        return Outcome("dead", words)
    outcome = answers.judge(reply)
    told = " ".join(part for part in (code, str(said.get("error", ""))) if part)
    shown = short(without_links(" ".join("".join(c if c.isprintable() else " " for c in told).split())), 200)
    return Outcome(outcome.result, f"{outcome.detail} {shown}".strip(), rest_s=outcome.rest_s)


def _hopeless(code: str) -> str:
    known = {
        "M_FORBIDDEN": _("The bot may not write there: invite it to the room, and let it join."),
        "M_UNKNOWN_TOKEN": _("The homeserver does not take the access token any more: enter a new one."),
        "M_MISSING_TOKEN": _("The homeserver wants an access token: enter one."),
        "M_USER_DEACTIVATED": _("The bot’s account is deactivated."),
        "M_GUEST_ACCESS_FORBIDDEN": _("A guest may not write there: use an account."),
        "M_TOO_LARGE": _("The homeserver says that the message is too long."),
    }
    return known.get(code, "")


def _rest(said: dict[str, Any], reply: Reply) -> float:
    """Seconds: Retry-After, or what older homeservers say in the body."""
    asked = said.get("retry_after_ms")
    in_body = asked / 1000 if isinstance(asked, int | float) and 0 < asked < 10**9 else 0.0
    return max(reply.rest_s, in_body)
