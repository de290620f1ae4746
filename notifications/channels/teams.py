"""Microsoft Teams: a card to a webhook of Workflows (Power Automate), in the room or the chat that the flow names.

What people typed stands in TextRuns, which Teams shows as they are: no Markdown, no link, and a mention would need
`msteams.entities`, which we never send. A room has nobody whom an Acknowledge could be bound to: *Open* leads to
the page, where one is signed in.
"""

import json
import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from network.reply import Reply
from notifications.channels import answers
from notifications.channels.forms import ChannelForm, Secret, host_of, web_address
from notifications.channels.words import fitting, short
from notifications.parcel import Outcome, Parcel

# Teams takes 28 KB with all that is around it.
MOST_BYTES = 27_000
MOST_LINES = 60
SUBJECT = 300
# Of the severity's rank: how the title is coloured.
COLOR = {1: "Attention", 2: "Warning"}
_REF = re.compile(r"[A-Z]+-\d+")


class TeamsForm(ChannelForm):
    url = Secret(
        label=lazy("Workflow address"),
        validators=[web_address],
        max_length=2000,
        help_text=lazy(
            "In Teams, on the channel: ⋯, Workflows, “Send webhook alerts to a channel”. Copy the address that it "
            "shows at the end."
        ),
    )
    secrets = ("url",)


def shown(config: dict[str, str]) -> str:
    return host_of(config["url"])


def unusable() -> str:
    return ""


def send(parcel: Parcel) -> Outcome:
    headers = {"Content-Type": "application/json", "Idempotency-Key": parcel.uid}
    return _judge(answers.ask(parcel.config["url"], content(parcel), headers))


def content(parcel: Parcel) -> bytes:
    """The message, its text cut until all of it is short enough."""
    return fitting(parcel.body, MOST_BYTES, lambda body: _pack(parcel, body))


def _pack(parcel: Parcel, body: str) -> bytes:
    return json.dumps(message(parcel, body), ensure_ascii=False).encode()


def message(parcel: Parcel, body: str) -> dict[str, Any]:
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": _card(parcel, body),
            }
        ],
    }


def _card(parcel: Parcel, body: str) -> dict[str, Any]:
    over = parcel.key == "resolved"
    color = "Good" if over else COLOR.get(parcel.rank, "Default")
    subject = short(parcel.subject, SUBJECT)
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])]
    facts = [{"title": title, "value": value} for title, value in _facts(parcel)]
    links = [
        *[(link.label, link.url) for link in parcel.links],
        *([(_("Open"), parcel.url)] if parcel.url else []),
    ]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": subject,
        "msteams": {"width": "Full"},
        "body": [
            _text(subject, size="Medium", weight="Bolder", color=color),
            *[_text(line) for line in lines],
            *([{"type": "FactSet", "facts": facts}] if facts else []),
        ],
        "actions": [{"type": "Action.OpenUrl", "title": label, "url": url} for label, url in links],
    }  # fmt: skip


def _text(text: str, **looks: str) -> dict[str, Any]:
    run = {"type": "TextRun", "text": text, **looks}
    return {"type": "RichTextBlock", "inlines": [run], **({} if looks else {"spacing": "Small"})}


def _facts(parcel: Parcel) -> list[tuple[str, str]]:
    """Only what nobody typed: a fact's words are Markdown."""
    ref = parcel.about.partition("/")[0]
    told = f"{parcel.at:%Y-%m-%d %H:%M} UTC"
    return [*([(_("Incident"), ref)] if _REF.fullmatch(ref) else []), (_("Written"), told)]


def _judge(reply: Reply) -> Outcome:
    outcome = answers.doubted(answers.judge(reply), reply)
    said = reply.body.decode(errors="replace")
    if outcome.result == "sent" and "HTTP error 429" in said:
        # The older connectors answer 200 and say in words that Teams did not take it.
        return Outcome("retry", _("Teams takes no more for a moment."), rest_s=reply.rest_s)
    if outcome.result == "sent" and "delivery failed" in said:
        return Outcome(
            "dead", _("Teams did not take it: %(said)s") % {"said": short(" ".join(said.split()), 200)}
        )
    if outcome.result == "sent" and answers.is_page(reply):
        return answers.unsure(reply)
    if reply.status == 202:
        return Outcome("sent", _("Answered 202: the workflow has it. Its run history says what came of it."))
    if reply.status in (401, 403, 404):
        words = _(
            "Answered %(status)s: the workflow is gone, turned off, or its address is not the whole one."
        )
        return Outcome("dead", words % {"status": reply.status})
    return outcome
