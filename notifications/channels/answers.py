"""What an HTTP answer means for a message."""

from django.utils.translation import gettext as _

from network.egress import Policy
from network.reply import Reply
from notifications.parcel import Outcome

# Too slow, too early, too many: the other side asks us to come again.
COME_AGAIN = {408, 425, 429}
# Seconds until whoever does not answer is left.
WHOLE_S = 10.0
# Nothing of these gets better by waiting.
HOPELESS = {"bad_url", "refused_address"}


def deliver(url: str, content: bytes, headers: dict[str, str]) -> Outcome:
    """POST `content` where the operator lets messages go (NIGHTDESK_WEBHOOK_NETWORKS)."""
    return judge(ask(url, content, headers))


def ask(
    url: str, content: bytes, headers: dict[str, str], *, method: str = "POST", total_s: float = WHOLE_S
) -> Reply:
    """The answer itself, for kinds whose bodies say more than the status."""
    from network.http import post  # with the first message: most processes send none

    policy = Policy.from_settings("webhook")
    return post(url, content, policy=policy, headers=headers, total_s=total_s, method=method)


def judge(reply: Reply) -> Outcome:
    if reply.error:
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
