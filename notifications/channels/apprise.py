"""Services that have no kind of their own here, through apprise (Discord, Telegram, PagerDuty, Pushover …).

Its addresses say in one line where a message goes and with which key, so only an administrator sets one; and apprise
works in a process of its own, which goes nowhere but there (docs/decisions/0006-apprise-in-a-box.md).
"""

import re
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notifications.channels.answers import COME_AGAIN
from notifications.channels.forms import ChannelForm, Secret
from notifications.channels.words import cut, harmless, short
from notifications.confined import running
from notifications.confined.allowed import FORBIDDEN, OWN, PUBLIC, SERVICES, service_of
from notifications.confined.running import Answer
from notifications.parcel import Outcome, Parcel

MOST_BYTES = 8_000
SUBJECT = 250
_STATUS = re.compile(r"error[=: ]+([0-9]{3})", re.IGNORECASE)
# Of the severity's rank, in apprise's words.
TYPE = {1: "failure", 2: "warning"}


def _is_service(value: str) -> None:
    if not service_of(value):
        known = ", ".join(sorted(f"{name}://" for name in SERVICES))
        raise ValidationError(_("Nightdesk sends by apprise to: %(known)s") % {"known": known})
    try:
        query = {
            name.lower().lstrip("+-:")
            for name, _value in parse_qsl(urlsplit(value).query, keep_blank_values=True)
        }
    except ValueError as error:
        raise ValidationError(_("Apprise does not understand this address.")) from error
    if refused := sorted(query & FORBIDDEN):
        raise ValidationError(
            _("Leave out “%(name)s”: Nightdesk decides that itself.") % {"name": refused[0]}
        )


class AppriseForm(ChannelForm):
    url = Secret(
        label=lazy("Apprise address"),
        validators=[_is_service],
        help_text=lazy(
            "Such as discord://webhook-id/webhook-token or tgram://bot-token/chat-id. How to write it for your service "
            "stands in apprise’s documentation, appriseit.com."
        ),
    )
    secrets = ("url",)

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url:
            answer = running.run(url, only_check=True)
            if not answer.ok and not answer.trouble:
                raise ValidationError(
                    _("Apprise does not understand this address: look at how your service writes it.")
                )
        return url


def shown(config: dict[str, str]) -> str:
    service = service_of(config["url"])
    if service in OWN:
        host = urlsplit(config["url"]).hostname or ""
        return f"{service}://{host}/…"
    return f"{service}://…"


def unusable() -> str:
    return ""


def send(parcel: Parcel) -> Outcome:
    url = parcel.config["url"]
    title, body = harmless(short(parcel.subject, SUBJECT)), harmless(cut(parcel.body, MOST_BYTES))
    links = [*[f"{link.label}: {link.url}" for link in parcel.links], *([parcel.url] if parcel.url else [])]
    kind = "success" if parcel.key == "resolved" else TYPE.get(parcel.rank, "info")
    return _judge(running.run(url, title, "\n".join([*links, body]), type_=kind), url)


def _judge(answer: Answer, url: str) -> Outcome:
    if answer.ok:
        return Outcome("sent", _("The service took it."))
    if answer.refused:
        return Outcome("dead", answer.refused)
    if answer.trouble:
        why = {
            "busy": _("Too many messages go out by apprise just now."),
            "late": _("The service did not answer in time."),
        }
        detail = why.get(answer.trouble, _("Apprise did not work."))
        return Outcome("retry", detail, maybe=answer.trouble == "late")
    said = _scrubbed(" ".join("".join(c if c.isprintable() else " " for c in answer.said).split()), url)
    detail = (
        _("Apprise says: %(said)s") % {"said": short(said, 300)}
        if said
        else _("The service did not take it.")
    )
    found = _STATUS.search(answer.said)
    status = int(found[1]) if found else 0
    return Outcome("dead" if 400 <= status < 500 and status not in COME_AGAIN else "retry", detail)


def _scrubbed(said: str, url: str) -> str:
    """Without any piece of the address that may be a key."""
    for piece in sorted(re.split(r"[/?&=:@,#]+", url), key=len, reverse=True):
        if len(piece) >= 6:
            said = said.replace(piece, "…")
    return said


__all__ = ["PUBLIC", "AppriseForm", "send", "shown", "unusable"]
