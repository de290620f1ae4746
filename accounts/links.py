"""One-time links: whoever opens one chooses a password. For invitations and for forgotten passwords."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.http import int_to_base36

from accounts.models import User

_log = structlog.get_logger(__name__)


class LinkTokens(PasswordResetTokenGenerator):
    """Signs a link over what its use changes: password, last sign-in, address, being active, the link's number.

    So a link works once, for PASSWORD_RESET_TIMEOUT seconds; a newer one made by an administrator ends it.
    """

    key_salt = "accounts.links.LinkTokens"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, User)
        return f"{super()._make_hash_value(user, timestamp)}|{user.is_active}|{user.link_serial}"


def make_link(user: User, *, by: User | None) -> str:
    """The address of a new one-time link for `user`; earlier ones stop working. `by` None = the console."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(link_serial=F("link_serial") + 1)
        user.refresh_from_db()
    _log.info("accounts.link_made", user=user.pk, by=by.pk if by else "console")
    return address(f"{int_to_base36(user.pk)}-{LinkTokens().make_token(user)}")


def address(key: str) -> str:
    """The public address of the link with that key ("<user id, base 36>-<token>")."""
    uidb36, _, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
    return f"{settings.NIGHTDESK_URL}{path}"


def hours_valid() -> int:
    return settings.PASSWORD_RESET_TIMEOUT // 3600
