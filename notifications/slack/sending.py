"""Posting to a room as an app, everything about one incident in one thread, and what Slack answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from notifications.channels import answers
from notifications.parcel import Outcome, Parcel
from notifications.slack import api, blocks
from notifications.slack.api import Said

# What the whole room must see, although it stands in a thread that nobody may be reading.
LOUD = frozenset({"opened", "breached", "stranded", "raised", "alarm", "unreached", "resolved"})
NO_THREAD = frozenset(
    {"thread_not_found", "message_not_found", "cannot_reply_to_message", "invalid_thread_ts"}
)
BAD_TOKEN = frozenset({
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "org_login_required",
})  # fmt: skip


def post(parcel: Parcel) -> Outcome:
    token, message = parcel.config["token"], {"channel": parcel.config["room"], **blocks.message(parcel)}
    if parcel.thread:
        loud = {"reply_broadcast": True} if parcel.key in LOUD else {}
        said = api.call(token, "chat.postMessage", {**message, "thread_ts": parcel.thread, **loud})
        if said.error not in NO_THREAD:
            return _judge(said, anew=False)
    return _judge(api.call(token, "chat.postMessage", message), anew=True)


def _judge(said: Said, *, anew: bool) -> Outcome:
    if said.ok:
        room, stamp = _place(said.data)
        return Outcome("sent", _("Slack took it."), room=room if anew else "", thread=stamp if anew else "")
    if not said.error:
        outcome = answers.doubted(answers.judge(said.reply), said.reply)
        if outcome.result == "sent":
            words = _("What answers there does not speak as Slack does.")
            return Outcome("retry", said.reply.detail or words)
        return outcome
    if said.error in answers.SAID_LATER:
        half = said.error in answers.HALF_DONE
        return Outcome("retry", _("Slack asks us to come later."), maybe=half, rest_s=said.reply.rest_s)
    return Outcome("dead", _why(said))


def _place(data: dict[str, Any]) -> tuple[str, str]:
    room, stamp = data.get("channel"), data.get("ts")
    known = isinstance(room, str) and isinstance(stamp, str) and len(room) <= 80 and len(stamp) <= 40
    return (str(room), str(stamp)) if known else ("", "")


def _why(said: Said) -> str:
    if said.error in BAD_TOKEN:
        return _("Slack does not take the app’s token any more: enter a new one.")
    if said.error in ("channel_not_found", "not_in_channel"):
        return _("The app is not in that room: write “/invite @app” there.")
    if said.error == "is_archived":
        return _("The room is archived in Slack.")
    if said.error == "missing_scope":
        return _("The app lacks the scope “%(scope)s”: add it and install the app again.") % {
            "scope": str(said.data.get("needed", ""))[:80]
        }
    return _("Slack said: %(error)s") % {"error": said.error}
