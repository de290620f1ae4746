"""On record: who signed in and out, and who tried; by number and address, never by what was typed."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from accounts.models import User

_log = structlog.get_logger(__name__)


def listen() -> None:
    """At the start of the process."""
    for signal, note in (
        (user_logged_in, _came),
        (user_logged_out, _left),
        (user_login_failed, _failed),
    ):
        signal.connect(note, dispatch_uid=f"accounts.entrances.{note.__name__}")


def _came(request: HttpRequest | None, user: User, **_: Any) -> None:
    _log.info("accounts.signed_in", user=user.pk, address=_address(request))


def _left(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None:
        _log.info("accounts.signed_out", user=user.pk, address=_address(request))


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Whose account it would have been, if there is one: the name that was typed may be a password."""
    email = str(credentials.get("email") or "").strip().lower()
    user = User.objects.filter(email=email).values_list("pk", flat=True).first() if email else None
    _log.warning("accounts.sign_in_failed", user=user, address=_address(request))


def _address(request: HttpRequest | None) -> str:
    return str(get_adapter(request).get_client_ip(request)) if request else ""
