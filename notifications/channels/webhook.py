"""A webhook for the team's own programs, signed as standardwebhooks.com says (v1: HMAC-SHA256)."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from network.reply import Reply
from notifications.channels import answers
from notifications.channels.forms import ChannelForm, Secret, host_of, web_address
from notifications.parcel import Outcome, Parcel

PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The bytes behind `whsec_…`. Raises ValueError for less than 24 or more than 64, or bad base64."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if not 24 <= len(key) <= 64:
        raise ValueError("24 to 64 bytes")
    return key


def _is_secret(value: str) -> None:
    try:
        key_of(value)
    except ValueError as error:
        raise ValidationError(
            _("Write it like whsec_ and 24 to 64 bytes in base64, or leave it empty.")
        ) from error


class WebhookForm(ChannelForm):
    url = Secret(label=lazy("Address"), validators=[web_address])
    secret = Secret(
        label=lazy("Signing secret"),
        required=False,
        validators=[_is_secret],
        help_text=lazy("Leave it empty and Nightdesk makes one, shown once."),
    )
    secrets = ("url", "secret")


def shown(config: dict[str, str]) -> str:
    return host_of(config["url"])


def unusable() -> str:
    return ""


def send(parcel: Parcel) -> Outcome:
    content = json.dumps(payload(parcel), ensure_ascii=False).encode()
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": parcel.uid,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{sign(parcel.config['secret'], parcel.uid, stamp, content)}",
    }
    return _judge(answers.ask(parcel.config["url"], content, headers))


def _judge(reply: Reply) -> Outcome:
    """A program's 2xx is its word that it has it, whatever else it says (standardwebhooks.com)."""
    outcome = answers.judge(reply)
    if outcome.result == "sent" and answers.is_page(reply):
        words = _(
            "Answered %(status)s with a web page. If your program does not answer so, look at the address."
        )
        return Outcome("sent", words % {"status": reply.status})
    if reply.status == 410:
        return Outcome("dead", _("Answered 410: this address is given up. Enter a new one."))
    return outcome


def payload(parcel: Parcel) -> dict[str, Any]:
    ref, _slash, cause = parcel.about.partition("/")
    return {
        "type": f"incident.{parcel.key}",
        "timestamp": parcel.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "ref": ref,
            "cause": cause,
            "subject": parcel.subject,
            "text": parcel.body,
            "url": parcel.url,
            # Only in what goes to one person: they act in that person's name.
            "actions": [{"verb": link.verb, "url": link.url} for link in parcel.links],
        },
    }


def sign(secret: str, uid: str, stamp: str, content: bytes) -> str:
    signed = b".".join((uid.encode(), stamp.encode(), content))
    return base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()
