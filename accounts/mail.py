"""Sending mail beside the request: a slow server must not hold a page, nor tell by its delay who exists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

_log = structlog.get_logger(__name__)
_post = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def is_set_up() -> bool:
    return bool(settings.MAIL_URL)


def send(template: str, to: str, **facts: object) -> None:
    """Renders `template` (first line the subject, then the text) and posts it."""
    subject, _, body = render_to_string(template, facts).strip().partition("\n")
    line = " ".join(subject.split())  # names may hold line breaks that only programs see (U+2028)
    post(EmailMessage(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{line}", body.lstrip("\n"), to=[to]))


def post(message: EmailMessage) -> None:
    """Hands `message` to a thread of its own and returns at once; failures are logged. No MAIL_URL, no mail."""
    if is_set_up():
        _post.submit(_deliver, message)


def wait() -> None:
    """Returns when everything posted before has been sent or has failed."""
    _post.submit(lambda: None).result()


def _deliver(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError as error:  # smtplib's errors are OSErrors
        _log.error("accounts.mail_failed", subject=message.subject, error=type(error).__name__)
