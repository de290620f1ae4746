"""The second step of a sign-in: a passkey, or a code from an app; ten recovery codes for the day the phone is lost.

It is asked of whoever has set one up. With NIGHTDESK_REQUIRE_MFA who has none decides, approves, reports deployments
and administrates nothing (accounts/guarded.py). Being told, declaring and working on an incident stay open.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import access, known_devices, mail, passkeys
from accounts.models import User
from accounts.sessions import SessionsAdapter, end_all
from foundation.secrets import SecretLost, seal, unseal

_log = structlog.get_logger(__name__)
Kind = Authenticator.Type
STEPS = (Kind.WEBAUTHN, Kind.TOTP)
# Where the key of an app waits in the session, sealed, until its first code has come.
_WAITING, WAITS_S = "second_step.app", 15 * 60


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth keeps for it lies sealed in the database."""

    def get_totp_issuer(self) -> str:
        return "Nightdesk"

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)


@dataclass(frozen=True)
class Steps:
    """What a person has. `codes`: how many of the recovery codes are left, None without any."""

    passkeys: int
    app: Authenticator | None
    codes: int | None


@dataclass(frozen=True)
class Offer:
    """An app's key before it is kept: `key` to type, in groups of four; `url` to tap on a phone; `picture` (SVG)."""

    key: str
    url: str
    picture: SafeString


def has_one() -> Exists:
    """For annotating people."""
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=STEPS))


def is_set_up(user: User) -> bool:
    return _of(user, *STEPS).exists()


def is_missing(user: User) -> bool:
    """Whether this Nightdesk wants one of `user` who has none."""
    return settings.NIGHTDESK_REQUIRE_MFA and not is_set_up(user)


def steps_of(user: User) -> Steps:
    found = list(_of(user))
    codes = next((one for one in found if one.type == Kind.RECOVERY_CODES), None)
    return Steps(
        passkeys=sum(one.type == Kind.WEBAUTHN for one in found),
        app=next((one for one in found if one.type == Kind.TOTP), None),
        codes=_left(codes) if codes else None,
    )


def offer_app(request: HttpRequest, user: User) -> Offer:
    """The same key for a quarter of an hour: a mistyped first code does not ask to scan anew, and what somebody saw on
    an open desk is not what its owner keeps a week later."""
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    key = _waiting(request)
    if not key:
        key = generate_totp_secret()
        request.session[_WAITING] = seal(f"{int(time.time())} {key}")
    url = get_adapter().build_totp_url(user, key)
    spaced = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    drawn = get_adapter().build_totp_svg(url)
    picture = SafeString(drawn[drawn.index("<svg") :])  # squares only: no text of anybody's is in it
    return Offer(spaced, url, picture)


def add_app(request: HttpRequest, user: User, code: str) -> None:
    """Keep the app whose first `code` this is, instead of the one before. Raises ValidationError."""
    from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code

    key = _waiting(request)
    if not key or not validate_totp_code(key, _digits(code)):
        raise ValidationError(
            _("This is not the code that your app shows now. Wait for the next one and type that.")
        )
    with _alone(user):
        _of(user, Kind.TOTP).delete()
        TOTP.activate(user, key).validate_code(_digits(code))  # this code is used with it
        _changed(request, user, _("an authenticator app was added"))
    del request.session[_WAITING]


def remove_app(request: HttpRequest, user: User) -> None:
    with _alone(user):
        if _of(user, Kind.TOTP).delete()[0]:
            _changed(request, user, _("the authenticator app was removed"))


def add_passkey(request: HttpRequest, user: User, *, name: str, answer: str) -> None:
    """Keep what the browser made. Raises ValidationError for what is not the answer to our question."""
    with _alone(user):
        passkeys.add(user, name=name, answer=answer)
        _changed(request, user, _("a passkey was added"))


def remove_passkey(request: HttpRequest, user: User, passkey: Authenticator) -> None:
    with _alone(user):
        passkey.delete()
        _changed(request, user, _("a passkey was removed"))


def new_codes(user: User) -> list[str]:
    """Ten codes, each for once; those of before are worth nothing. Shown now and never again.

    None for who has no second step: they stand in for one."""
    with _alone(user):
        _of(user, Kind.RECOVERY_CODES).delete()
        codes = _codes(user)
    if codes:
        _tell(user, _("new recovery codes were made"))
    return codes


def first_codes(user: User) -> list[str]:
    """Whoever has set up the first step gets codes with it; nobody else."""
    with _alone(user):
        return [] if _of(user, Kind.RECOVERY_CODES).exists() else _codes(user)


def check_code(request: HttpRequest, user: User, code: str) -> Authenticator:
    """What `code` came from: the app, or a recovery code, which is crossed out. Raises ValidationError.

    Five wrong ones in five minutes; on a device where that person has signed in, apart from everybody else's.
    """
    # Not with wrong passwords: a colleague behind the same address would shut out who decides.
    counted = {"action": "second_step", "key": f"{user.pk}:{known_devices.number(request, user.email)}"}
    if not ratelimit.consume(request, **counted):
        raise ValidationError(_("Too many tries. Wait five minutes, then try again, or use your passkey."))
    for one in _of(user, Kind.TOTP, Kind.RECOVERY_CODES):
        try:
            if not one.wrap().validate_code(_digits(code)):
                continue
            one.record_usage()
        except SecretLost:
            _log.exception("accounts.second_step_lost", user=user.pk, kind=one.type)
        except (Authenticator.DoesNotExist, DatabaseError):
            _log.warning(
                "accounts.second_step_gone", user=user.pk, kind=one.type
            )  # removed while it was asked for
        else:
            ratelimit.clear(request, **counted)
            return one
    _log.warning("accounts.code_refused", user=user.pk)
    raise ValidationError(
        _("This is no code of yours, or it was used already. Wait for the next one your app shows.")
    )


def end(user: User, *, by: User | None) -> None:
    """For who has lost phone and recovery codes: the password alone signs in, and every device is signed out.

    `by` None: from the command line."""
    with _alone(user):
        _of(user).delete()
        end_all(user)
        access.changed(user)
    _log.info("accounts.second_step_ended", user=user.pk, by=by.pk if by else None)
    mail.send("accounts/mail/second_step_ended.txt", user.email, user=user, by=by)


@contextmanager
def _alone(user: User) -> Iterator[None]:
    """Two devices that change it at once wait for each other."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        yield


def _codes(user: User) -> list[str]:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    if not is_set_up(user):
        return []
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def _of(user: User, *kinds: str) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user).order_by("pk")
    return found.filter(type__in=kinds) if kinds else found


def _changed(request: HttpRequest, user: User, what: str) -> None:
    """Other devices of theirs come back through the new sign-in, and they hear of it: it may not have been them."""
    if not is_set_up(user):
        _of(user, Kind.RECOVERY_CODES).delete()
    others = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key or "")
    SessionsAdapter().end_sessions(others.select_related("user"))
    _tell(user, what)


def _tell(user: User, what: str) -> None:
    _log.info("accounts.second_step_changed", user=user.pk, what=what)
    mail.send("accounts/mail/second_step.txt", user.email, user=user, what=what)


def _waiting(request: HttpRequest) -> str:
    try:
        at, _blank, key = unseal(request.session.get(_WAITING, "")).partition(" ")
    except SecretLost:
        return ""
    return key if 0 <= time.time() - float(at or 0) < WAITS_S else ""


def _left(codes: Authenticator) -> int | None:
    try:
        return len(codes.wrap().get_unused_codes())
    except SecretLost:
        return 0


def _digits(code: str) -> str:
    """As it is typed: apps and our page show it in groups."""
    return "".join(code.split())[:64]
