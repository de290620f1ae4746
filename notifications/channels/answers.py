"""What an HTTP answer means for a message."""

import codecs
import json
import re
import zlib
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from django.utils.translation import gettext as _

from network.egress import Policy
from network.reply import Reply
from notifications.channels.words import short, without_links
from notifications.parcel import Outcome

# Too slow, too early, too many: the other side asks us to come again.
COME_AGAIN = {408, 425, 429}
# Seconds until whoever does not answer is left.
WHOLE_S = 10.0
# Of a proxy: whom it asked had the message, and did not answer in time.
TOOK_TOO_LONG = {504, 524}
# Nothing of these gets better by waiting.
HOPELESS = {"bad_url", "refused_address"}
# What Slack's webhooks say in one word (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
SAID_NO = {
    "action_prohibited", "channel_is_archived", "channel_not_found", "invalid_payload", "invalid_token",
    "no_active_hooks", "no_service", "no_service_id", "no_team", "no_text", "posting_to_general_channel_denied",
    "team_disabled", "too_many_attachments", "user_not_found",
}  # fmt: skip
# What Slack, its imitators and Zulip say of themselves for the moment, in a 200 too.
SAID_LATER = frozenset({
    "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
    "team_added_to_org", "message_limit_exceeded", "rollup_error", "RATE_LIMIT_HIT",
})  # fmt: skip
# Of these Slack says that some of it may have been done.
HALF_DONE = frozenset({"internal_error", "fatal_error"})
# How a page for people begins: a sign-in, a captive portal, a start page. Other XML is a program's own answer.
_PAGE = re.compile(
    r"(?>\s+|<!--.*?-->|<\?xml.*?\?>)*+<"
    r"(!doctype html|html|head|body|title|meta|link|script|style|h1|div|p|center|form|a)\b",
    re.IGNORECASE | re.DOTALL,
)
PACKED, MOST_UNPACKED = b"\x1f\x8b", 64 * 1024
# Where such a page begins, if it is one.
HEAD = 2_000


def ask(
    url: str, content: bytes, headers: dict[str, str], *, method: str = "POST", total_s: float = WHOLE_S
) -> Reply:
    """POST `content` where the operator lets messages go (NIGHTDESK_WEBHOOK_NETWORKS)."""
    from network.http import post  # with the first message: most processes send none

    policy = Policy.from_settings("webhook")
    return post(url, content, policy=policy, headers=headers, total_s=total_s, method=method)


def judge(reply: Reply) -> Outcome:
    """By the status alone, which counts also where the body broke off."""
    if not reply.status:
        return Outcome("dead" if reply.error in HOPELESS else "retry", reply.detail)
    status = {"status": reply.status}
    if 200 <= reply.status < 300:
        return Outcome("sent", _("Answered %(status)s.") % status)
    if 300 <= reply.status < 400:
        return Outcome(
            "dead", _("Answered %(status)s: it redirects. Enter the address it leads to.") % status
        )
    if reply.status >= 500 or reply.status in COME_AGAIN:
        return Outcome("retry", _("Answered %(status)s.") % status, rest_s=reply.rest_s)
    return Outcome("dead", _("Answered %(status)s: it does not take this message.") % status)


def heed(reply: Reply) -> Outcome:
    """The same for rooms and phones, whose servers have told what they think of a message in the body of a 200 too, or
    stand behind a page that answers everything: it would count as delivered, and perhaps nobody has it."""
    outcome = doubted(judge(reply), reply)
    if outcome.result == "dead" and reply.status in (404, 410):
        words = _("Answered %(status)s: nothing takes messages at this address (any more). Enter a new one.")
        return Outcome("dead", _quoted(words % {"status": reply.status}, reply))
    if outcome.result == "dead" and reply.status in (401, 403):
        words = _("Answered %(status)s: it does not let us write there. Look at the address and its token.")
        return Outcome("dead", _quoted(words % {"status": reply.status}, reply))
    if outcome.result == "dead" and reply.status == 413:
        return Outcome("dead", _("Answered 413: the message is too long for it."))
    if outcome.result != "sent":
        return outcome
    if is_page(reply):
        return unsure(reply)
    text = text_of(reply)
    said = read_object(text)
    no = text if text in SAID_NO | SAID_LATER else _objection(said)
    if not no:
        return outcome
    words = _("Answered %(status)s, and said that it did not take it: %(said)s")
    later = {text, str(said.get("error")), str(said.get("code"))} & SAID_LATER
    detail = words % {"status": reply.status, "said": _shown(no)}
    result: Literal["retry", "dead"] = "retry" if later or _later(said.get("http")) else "dead"
    return Outcome(result, detail, maybe=bool(later & HALF_DONE), rest_s=reply.rest_s)


def doubted(outcome: Outcome, reply: Reply) -> Outcome:
    """For whom a repeat is a second message: who takes one and never says so would get it three hundred times a day."""
    silent = reply.gave and not reply.status
    return replace(outcome, maybe=outcome.result == "retry" and (silent or reply.status in TOOK_TOO_LONG))


def is_page(reply: Reply) -> bool:
    """Whether a page for people came back, which says nothing of a message."""
    return _PAGE.match(text_of(reply)[:HEAD]) is not None


def unsure(reply: Reply) -> Outcome:
    """A sign-in or a portal took nothing; a bridge that answers with a page has told the room."""
    words = _(
        "Answered %(status)s with a web page: it may or may not have been delivered. Look at the address."
    )
    return Outcome("unsure", words % {"status": reply.status})


def text_of(reply: Reply) -> str:
    """What it says, also where somebody in between packed it although we ask for none of that."""
    body = reply.body
    if body.startswith(PACKED):
        with suppress(zlib.error):
            body = zlib.decompressobj(31).decompress(body, MOST_UNPACKED)
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return body.decode("utf-16" if wide else "utf-8-sig", errors="replace").strip()


def _quoted(words: str, reply: Reply) -> str:
    """With the one thing it says, where that is no page."""
    said = text_of(reply)
    told = _objection(read_object(said)) or (said if re.fullmatch(r"[a-z_]{1,60}", said) else "")
    return f"{words} ({_shown(told)})" if told else words


def _shown(said: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return short(without_links(line), 200)


def _objection(said: dict[str, Any]) -> str:
    """Slack and Rocket.Chat say `ok` or `success`, Zulip `result`, ntfy an `error` with its number."""
    no = said.get("ok") is False or said.get("success") is False or said.get("result") == "error"
    if no or (said.get("error") and "code" in said):
        return str(said.get("error") or said.get("msg") or said.get("message") or "no")
    return ""


def _later(status: Any) -> bool:
    return isinstance(status, int) and (status >= 500 or status in COME_AGAIN)


def read_object(body: str | bytes) -> dict[str, Any]:
    """What a server has said as a JSON object; empty where it said anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
