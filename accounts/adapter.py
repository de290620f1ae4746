"""What differs from allauth's ways: nobody signs up alone, plain words, links under our public address."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import access, known_devices, links, mail
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail and password do not match. Check both and try again."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "account_inactive": _("This account is switched off. Ask an administrator."),
        "enter_current_password": _("This is not your present password."),
        "invalid_password_reset": _("This link has been used or is too old."),
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only the address that the reader has before them; allauth's also takes every other name of ALLOWED_HOSTS."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={context.request.get_host()}, require_https=settings.HTTPS
        )

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """By password. Our own forms ask for a passkey themselves (accounts/confirming.py)."""
        may = user.is_authenticated and user.has_usable_password()
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}] if may else []

    def set_password(self, user: User, password: str) -> None:
        """Every way to a new password ends here. It is the person's own now; other devices are signed out."""
        with transaction.atomic():
            user.set_password(password)
            user.must_change_password = False
            user.save(update_fields=["password", "must_change_password"])
            access.changed(user)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        with transaction.atomic():
            super().logout(request)
            if isinstance(user, User):
                access.changed(user)

    def post_login(self, request: HttpRequest, user: User, **said: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **said)
        known_devices.remember(request, response, user.email)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By what wrong passwords are counted: the account, and the device if that person has signed in there."""
        everybody: str = super()._get_login_attempts_cache_key(request, **credentials)
        device = known_devices.number(request, credentials.get("email", ""))
        return f"{everybody}:{device}" if device else everybody

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message: EmailMessage = self.render_mail(template_prefix, email, context)
        mail.post(message)

    def get_reset_password_from_key_url(self, key: str) -> str:
        return links.address(key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The peer's address; behind a Unix socket there is none, and all share one limit."""
        return get_client_ip(request) or "127.0.0.1"
