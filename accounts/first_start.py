"""The first start: nobody can sign in yet, so the first administrator and a team are made."""

from __future__ import annotations

import os
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import memberships, teams
from accounts.models import Role, User

DEFAULT_EMAIL = "admin@localhost"
# No letters or digits that look alike: people copy it from a terminal by eye.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def ensure_administrator() -> str | None:
    """Makes the first administrator when there is no user at all; returns what `up` prints, once. Else None.

    Address and password come from NIGHTDESK_ADMIN_EMAIL and NIGHTDESK_ADMIN_PASSWORD; without the latter a
    one-time password is made, to be changed at the first sign-in. Raises ImproperlyConfigured with one line.
    """
    if User.objects.exists():
        return None
    email, given = _email(), os.environ.get("NIGHTDESK_ADMIN_PASSWORD", "")
    if given:
        _check_password(given, email)
    password = given or one_time_password()
    with transaction.atomic(), connection.cursor() as cursor:
        # Two first starts at the same moment must not make two administrators.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('nightdesk.first_start'))")
        if User.objects.exists():
            return None
        user = User.objects.create_user(
            email, password, name=_("Administrator"), is_administrator=True, must_change_password=not given
        )
        team = teams.add_team(name=_("Operations"), by=None)
        memberships.put_in_team(user, team, Role.ADMIN, by=None)
    return _announcement(email, "" if given else password)


def one_time_password() -> str:
    """16 characters in groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _announcement(email: str, password: str) -> str:
    if not password:
        return _("Sign in as %(email)s with the password from NIGHTDESK_ADMIN_PASSWORD.") % {"email": email}
    return _(
        "Sign in as %(email)s with the one-time password %(password)s\n"
        "It is shown only now; you choose your own when you first sign in."
    ) % {"email": email, "password": password}


def _email() -> str:
    email = os.environ.get("NIGHTDESK_ADMIN_EMAIL", "").strip().lower() or DEFAULT_EMAIL
    try:
        validate_email(email)
    except ValidationError as error:
        raise ImproperlyConfigured(f"NIGHTDESK_ADMIN_EMAIL is not an e-mail address: {email!r}") from error
    return email


def _check_password(password: str, email: str) -> None:
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise ImproperlyConfigured(f"NIGHTDESK_ADMIN_PASSWORD: {' '.join(error.messages)}") from error
