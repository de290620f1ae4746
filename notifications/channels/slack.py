"""Incoming webhooks as Slack, Mattermost, Rocket.Chat and Zulip take them (K136): the address is the secret."""

import json

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notifications.channels import answers
from notifications.channels.forms import ChannelForm, Secret, host_of, web_address
from notifications.parcel import Outcome, Parcel


class SlackForm(ChannelForm):
    url = Secret(
        label=lazy("Webhook address"),
        validators=[web_address],
        help_text=lazy("The incoming webhook of the room, such as #emergency-releases."),
    )
    secrets = ("url",)


def shown(config: dict[str, str]) -> str:
    return host_of(config["url"])


def unusable() -> str:
    return ""


def send(parcel: Parcel) -> Outcome:
    lines = [f"*{_plain(parcel.subject)}*", _plain(parcel.body)]
    links = [f"<{link.url}|{_plain(link.label)}>" for link in parcel.links]
    if parcel.url:
        links.append(f"<{parcel.url}|{_('Open')}>")
    text = "\n".join([*lines, " · ".join(links)])
    return answers.deliver(
        parcel.config["url"],
        json.dumps({"text": text}).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": parcel.uid},
    )


def _plain(text: str) -> str:
    """Nobody is mentioned and nothing linked by what somebody typed (api.slack.com: escape these three)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
