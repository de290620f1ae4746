"""ntfy: the phone rings. JSON to the server's root, as docs.ntfy.sh/publish/#publish-as-json asks."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from network import locator
from notifications.channels import answers
from notifications.channels.forms import ChannelForm, Secret, header_word, host_of, web_address
from notifications.channels.words import cut, fitting
from notifications.parcel import Outcome, Parcel

# Rank of the severity → how loud the phone is (5 rings through "do not disturb" where the person allows it).
PRIORITY = {1: 5, 2: 4, 3: 3, 4: 3}
# A sign that is seen before it is read: ntfy turns these words into emoji.
SIGN = {1: "rotating_light", 2: "warning"}
MOST_BYTES = 3_500  # ntfy makes an attachment of what is longer than 4,096
MOST_PACKED = 7_900  # and reads twice as much of JSON: more is refused whole


def _has_topic(value: str) -> None:
    with suppress(locator.BadUrl):  # web_address says what is wrong with those
        if not _parts(value)[1]:
            raise ValidationError(_("Add the topic: https://ntfy.example.org/your-topic"))


class NtfyForm(ChannelForm):
    url = Secret(
        label=lazy("Topic address"),
        validators=[web_address, _has_topic],
        help_text=lazy(
            "Such as https://ntfy.example.org/a-topic-nobody-guesses. Who knows it can read along."
        ),
    )
    token = Secret(
        label=lazy("Access token"),
        required=False,
        validators=[header_word],
        help_text=lazy("If the server asks for one."),
    )
    secrets = ("url", "token")
    kept = {"token": lazy("Leave this empty to keep what is set. Another server’s address forgets it.")}
    clearable = {"token": lazy("Forget the token that is set: the server asks for none any more")}


def shown(config: dict[str, str]) -> str:
    return host_of(config["url"])


def unusable() -> str:
    return ""


def send(parcel: Parcel) -> Outcome:
    server, topic = _parts(parcel.config["url"])
    headers = {"Content-Type": "application/json", "Idempotency-Key": parcel.uid}
    if token := parcel.config.get("token"):
        headers["Authorization"] = f"Bearer {token}"
    return answers.heed(answers.ask(server, content(parcel, topic), headers))


def content(parcel: Parcel, topic: str) -> bytes:
    """In UTF-8, not in escapes: an emoji would weigh three times what it is."""
    text = cut(parcel.body, MOST_BYTES)
    return fitting(
        text,
        MOST_PACKED,
        lambda body: json.dumps(message(parcel, topic, body), ensure_ascii=False).encode(),
    )


def message(parcel: Parcel, topic: str, body: str) -> dict[str, Any]:
    over = parcel.key == "resolved"
    sign = "white_check_mark" if over else SIGN.get(parcel.rank)
    return {
        "topic": topic,
        "title": parcel.subject,
        "message": body,
        "priority": 3 if over else PRIORITY.get(parcel.rank, 3),
        "actions": [{"action": "view", "label": link.label, "url": link.url} for link in parcel.links],
        **({"tags": [sign]} if sign else {}),
        **({"click": parcel.url} if parcel.url else {}),
    }


def _parts(url: str) -> tuple[str, str]:
    """(the server's root, the topic): the last segment of the path is the topic."""
    parts = urlsplit(locator.clean(url))
    folder, _slash, topic = parts.path.rstrip("/").rpartition("/")
    return f"{parts.scheme}://{parts.netloc}{folder}/", topic
