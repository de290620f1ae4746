"""E-mail through MAIL_URL. Repeats carry the same Message-ID, so that a mail program can drop them (RFC 5322).

A mail server's 4xx says later, its 5xx never (RFC 5321 §4.2.1). But the server may be wrong about itself: a rule,
a quota, a sign-in that is being repaired. So only "no such address" (5.1.x, RFC 3463) is final at once.
"""

import base64
import re
import smtplib
import socket
import ssl
from dataclasses import replace
from email.utils import formatdate, parseaddr

from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from network import mail
from network.mail import CLOSING
from notifications.channels.forms import ChannelForm
from notifications.channels.words import without_links
from notifications.parcel import Outcome, Parcel

# The address is wrong: its mailbox, its domain, its form; or the mailbox moved or takes nothing any more.
NO_SUCH_ADDRESS = re.compile(r"^5\.(1\.([1236]|10)|2\.1)\b")


class EmailForm(ChannelForm):
    address = forms.EmailField(label=lazy("Mail address"))
    secrets = ("address",)


def shown(config: dict[str, str]) -> str:
    return config["address"]


def unusable() -> str:
    return "" if settings.MAIL_URL else _("mail is not set up: MAIL_URL is empty")


def send(parcel: Parcel) -> Outcome:
    to = parcel.address or parcel.config.get("address", "")
    try:
        mail.send(_message(parcel, to))
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return _of_this_one(_answered(code, said), code)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        return _of_this_one(_answered(refused.smtp_code, refused.smtp_error), refused.smtp_code)
    except smtplib.SMTPResponseException as refused:  # greeting, sign-in
        return _answered(refused.smtp_code, refused.smtp_error)
    except OSError as problem:  # smtplib's other errors are OSErrors too
        return Outcome("retry", _silent(problem), maybe=mail.may_have(problem))
    except ValueError:
        # Django refuses to write the headers; no later attempt will be different.
        return Outcome("dead", _("The address or the subject cannot be written in a mail: correct it."))
    return Outcome("sent", _("The mail server took it."))


def _message(parcel: Parcel, to: str) -> EmailMessage:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "nightdesk.invalid"
    headers = {
        "Message-ID": f"<{parcel.uid}@{domain}>",
        # Of this attempt: a filter takes an old date for a forgery, and the text says how late it is.
        "Date": formatdate(),
        "Auto-Submitted": "auto-generated",
        # Mail programs put everything about one incident together.
        **({"References": f"<{parcel.about.partition('/')[0].lower()}@{domain}>"} if parcel.about else {}),
        **({"X-Priority": "1", "Importance": "high"} if parcel.rank == 1 else {}),
    }
    # A title that was pasted may hold line breaks that only programs see (U+2028): no header is written with one.
    subject = " ".join(parcel.subject.split())
    return EmailMessage(subject, text(parcel), to=[to], headers=headers)


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


def _answered(code: int, said: bytes | str) -> Outcome:
    if code < 0:
        return Outcome("retry", _("What answers at MAIL_URL does not speak as a mail server does."))
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    words = _without_keys(" ".join("".join(c if c.isprintable() else " " for c in words).split()))[:300]
    detail = _("The mail server said %(code)s %(said)s") % {"code": code, "said": words}
    if code < 500:
        return Outcome("retry", detail)
    return Outcome("dead" if NO_SUCH_ADDRESS.match(words) else "refused", detail)


def _without_keys(said: str) -> str:
    """What a server quotes of a mail or of the sign-in stands on the incident's page: the links that act and the
    password must not."""
    options = settings.MAILERS["default"].get("OPTIONS", {})
    user, password = options.get("username", ""), options.get("password", "")
    told = [password, *(_in_base64(text) for text in (password, f"\0{user}\0{password}"))] if password else []
    for secret in told:
        said = said.replace(secret, "…")
    return without_links(said)


def _in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _of_this_one(outcome: Outcome, code: int) -> Outcome:
    """The server talked about this message; only its 421 says that it takes none from anybody (RFC 5321 §3.8)."""
    return replace(outcome, way_works=code > 0 and code != CLOSING)


def _silent(problem: OSError) -> str:
    """It never said a number: why not, for people."""
    if isinstance(problem, socket.gaierror):
        return _("The mail server's name was not found.")
    if isinstance(problem, ssl.SSLCertVerificationError):
        # "certificate has expired", "self-signed certificate", "IP address mismatch …".
        why = problem.verify_message.rstrip(".")
        return _("The mail server's certificate is not good: %(why)s.") % {"why": why}
    if isinstance(problem, ssl.SSLError):
        return _("No secure connection to the mail server (%(why)s).") % {"why": problem.reason or problem}
    if isinstance(problem, ConnectionRefusedError):
        return _("The mail server takes no connections.")
    if isinstance(problem, TimeoutError) or "timed out" in str(problem):
        return _("The mail server did not answer in time.")
    if isinstance(problem, smtplib.SMTPServerDisconnected | ConnectionError):
        return _("The mail server hung up.")
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return _("The mail server cannot do what MAIL_URL asks for: %(why)s") % {"why": problem}
    if isinstance(problem, smtplib.SMTPException):
        return _("The mail server cannot be used: %(why)s") % {"why": problem}
    why = f"{type(problem).__name__} {problem.strerror or ''}".strip()
    return _("The mail server could not be reached: %(why)s.") % {"why": why}
