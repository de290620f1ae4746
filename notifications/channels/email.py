"""E-mail through MAIL_URL. Repeats carry the same Message-ID, so that a mail program can drop them (RFC 5322)."""

import smtplib
from email.utils import format_datetime, parseaddr

from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notifications.channels.forms import ChannelForm
from notifications.parcel import Outcome, Parcel


class EmailForm(ChannelForm):
    address = forms.EmailField(label=lazy("Mail address"))
    secrets = ("address",)


def shown(config: dict[str, str]) -> str:
    return config["address"]


def unusable() -> str:
    return "" if settings.MAIL_URL else _("not set up: MAIL_URL is empty")


def send(parcel: Parcel) -> Outcome:
    to = parcel.address or parcel.config.get("address", "")
    try:
        _message(parcel, to).send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return _refused(code, said)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        return _refused(refused.smtp_code, refused.smtp_error)
    except OSError as problem:  # smtplib's errors are OSErrors: a greeting, a sign-in, a line that broke
        return Outcome("retry", _("The mail server did not take it: %(said)s") % {"said": _said(problem)})
    return Outcome("sent", _("The mail server took it."))


def _message(parcel: Parcel, to: str) -> EmailMessage:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "nightdesk.invalid"
    headers = {
        "Message-ID": f"<{parcel.uid}@{domain}>",
        "Date": format_datetime(parcel.at),
        "Auto-Submitted": "auto-generated",
        # Mail programs put everything about one incident together.
        "References": f"<{parcel.about.partition('/')[0].lower()}@{domain}>",
        **({"X-Priority": "1", "Importance": "high"} if parcel.rank == 1 else {}),
    }
    return EmailMessage(parcel.subject, text(parcel), to=[to], headers=headers)


def text(parcel: Parcel) -> str:
    parts = [parcel.body]
    parts += [f"{link.label}:\n{link.url}" for link in parcel.links]
    if parcel.links:
        parts.append(
            _("These links act in your name without a sign-in, for 60 minutes. Do not pass them on.")
        )
    if parcel.url:
        parts.append(_("The page:") + f"\n{parcel.url}")
    return "\n\n".join(parts) + "\n"


def _refused(code: int, said: bytes | str) -> Outcome:
    """4xx asks to come again, 5xx says never (RFC 5321 §4.2.1)."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    text = "".join(c for c in text if c.isprintable())[:300]
    detail = _("The mail server said %(code)s %(said)s") % {"code": code, "said": text}
    return Outcome("dead" if code >= 500 else "retry", detail)


def _said(problem: OSError) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{type(problem).__name__} {problem.smtp_code}"
    return f"{type(problem).__name__} {problem.strerror or ''}".strip()
