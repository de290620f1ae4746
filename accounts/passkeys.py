"""Passkeys (WebAuthn): how a person shows on their own device that it is still them. Kept by allauth, asked for by us.

They confirm what weighs much (accounts/confirming.py), and are a second step of the sign-in (accounts/second_step.py).
"""

from __future__ import annotations

import json
from ipaddress import ip_address
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User

NAME_LIMIT, MOST, LONGEST = 60, 20, 20_000
# The members of what a browser answers.
KNOWN = ("id", "rawId", "type", "response", "clientExtensionResults", "authenticatorAttachment")


def possible(request: HttpRequest) -> bool:
    """Browsers give passkeys to names only, never to a bare address such as 192.168.1.20."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False


def _webauthn() -> Any:
    """allauth's part of it. Its library is a good part of a start, and few requests ever come here."""
    from allauth.mfa.webauthn.internal import auth

    return auth


def passkeys_of(user: User) -> QuerySet[Authenticator]:
    """The first one first."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return found.order_by("pk")


def begin_adding(user: User) -> dict[str, Any]:
    """What the browser is asked to make: JSON of WebAuthn's creation options; kept in the session until it is made."""
    options: dict[str, Any] = _webauthn().begin_registration(user, passwordless=False)
    return options


def add(user: User, *, name: str, answer: str) -> Authenticator:
    """Keep what the browser made. Raises ValidationError for what is not the answer to our question."""
    name = " ".join(name.split()) or _("Passkey")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if passkeys_of(user).count() >= MOST:
            raise ValidationError(_("You have %(n)s passkeys. Remove one first.") % {"n": MOST})
        credential = _parsed(answer)
        try:
            _webauthn().complete_registration(credential)
        except Exception as error:  # what is not of an authenticator fails in its parser in many ways
            raise _refused() from error
        made: Authenticator = _webauthn().WebAuthn.add(user, name, credential).instance
        return made


def begin(user: User) -> dict[str, Any]:
    """What the browser is asked to sign: JSON of WebAuthn's request options, for the passkeys of `user`."""
    options: dict[str, Any] = _webauthn().begin_authentication(user)
    return options


def check(user: User, answer: str) -> Authenticator:
    """The passkey that signed what we asked last. Raises ValidationError."""
    credential = _parsed(answer)
    try:
        found: Authenticator = _webauthn().complete_authentication(user, credential)
    except Exception as error:  # as above
        raise _refused() from error
    found.record_usage()
    return found


def _parsed(answer: str) -> dict[str, Any]:
    try:
        found = json.loads(answer[:LONGEST], parse_constant=_number)
        json.dumps(found, ensure_ascii=False).encode()  # no half of a character
    except (ValueError, RecursionError) as error:
        raise _refused() from error
    # What is kept goes into JSON of the database, which holds no NUL.
    if not isinstance(found, dict) or "\\u0000" in json.dumps(found):
        raise _refused()
    return {name: found[name] for name in KNOWN if name in found}


def _number(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _refused() -> ValidationError:
    return ValidationError(_("This passkey did not answer what was asked. Try again, or use your password."))
