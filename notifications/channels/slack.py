"""Slack, by the incoming webhook that Mattermost, Rocket.Chat and Zulip imitate (K136), or by an app of one's own.

With an app messages have buttons and stand in one thread per incident; with its signing secret a press of Acknowledge
and the replies come back (notifications/slack/).
"""

import json
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notifications.channels import answers
from notifications.channels.forms import ChannelForm, Secret, header_word, host_of, web_address
from notifications.channels.words import short
from notifications.parcel import Outcome, Parcel
from notifications.slack import sending
from notifications.slack.blocks import plain

APP = ("token", "room", "secret")
MOST_TEXT = 7_000  # Slack cuts at 40,000; escaping may make five of one


def _is_token(value: str) -> None:
    if not value.startswith("xoxb-"):
        raise ValidationError(_("A bot’s token begins with “xoxb-”. It stands under OAuth & Permissions."))


def _is_room(value: str) -> None:
    if not re.fullmatch(r"[CDG][A-Z0-9]{6,40}", value):
        raise ValidationError(_("Copy the room’s id, such as C0123ABCD45, not its name."))


def _is_secret(value: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9]{16,128}", value):
        raise ValidationError(_("Copy the signing secret from Basic Information: letters and digits only."))


class SlackForm(ChannelForm):
    url = Secret(
        label=lazy("Webhook address"),
        required=False,
        validators=[web_address],
        help_text=lazy(
            "The incoming webhook of the room, such as #emergency-releases. Also of Mattermost, Rocket.Chat or Zulip. "
            "Or leave it empty and give an app of Slack below, for buttons and answers."
        ),
    )
    token = Secret(
        label=lazy("The app’s bot token"),
        required=False,
        validators=[_is_token, header_word],
        help_text=lazy(
            "Instead of a webhook. From api.slack.com/apps, OAuth & Permissions: begins with “xoxb-”."
        ),
    )
    room = Secret(
        label=lazy("The room’s id"),
        required=False,
        validators=[_is_room],
        help_text=lazy("With an app: at the end of the room’s “View channel details”, such as C0123ABCD45."),
    )
    secret = Secret(
        label=lazy("The app’s signing secret"),
        required=False,
        validators=[_is_secret],
        help_text=lazy(
            "From Basic Information. With it there is an Acknowledge button, and replies in an incident’s thread "
            "become notes."
        ),
    )
    secrets = ("url", *APP)
    clearable = {"secret": lazy("Forget the signing secret: no more buttons, no more answers")}

    def clean(self) -> dict[str, Any]:
        given = {name: self.cleaned_data.get(name) for name in self.secrets}
        if not self.errors and not self.known:
            try:
                whole({}, {name: value for name, value in given.items() if value})
            except ValidationError as error:
                self.add_error("url", error)
        return self.cleaned_data


def whole(known: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """The one or the other; what is given decides. Raises ValidationError when it is neither."""
    if "url" in given:
        if given.keys() & set(APP):
            raise ValidationError(_("Give the webhook or the app, not both."))
        return {"url": given["url"]}
    if not given:
        if not known:
            raise ValidationError(_("Give a webhook’s address, or an app’s token and room."))
        return known
    app = {name: value for name, value in {**known, **given}.items() if name in APP}
    if not {"token", "room"} <= app.keys():
        raise ValidationError(_("An app needs both its token and the room’s id."))
    return app


def shown(config: dict[str, str]) -> str:
    if "url" in config:
        return host_of(config["url"])
    words = _("app in %(room)s, answers") if config.get("secret") else _("app in %(room)s")
    return words % {"room": config["room"]}


def unusable() -> str:
    return ""


def send(parcel: Parcel) -> Outcome:
    if "token" in parcel.config:
        return sending.post(parcel)
    lines = [f"*{plain(parcel.subject)}*", plain(short(parcel.body, MOST_TEXT))]
    links = [f"<{link.url}|{plain(link.label)}>" for link in parcel.links]
    if parcel.url:
        links.append(f"<{parcel.url}|{_('Open')}>")
    text = "\n".join([*lines, " · ".join(links)])
    headers = {"Content-Type": "application/json", "Idempotency-Key": parcel.uid}
    return answers.heed(answers.ask(parcel.config["url"], json.dumps({"text": text}).encode(), headers))
