"""Is it still you? What weighs much asks for a passkey or the password again when the sign-in is older than 15 minutes.

Asked for and answered inside the form of the thing itself, so that nothing typed is lost and no page comes between.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django import forms
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import known_devices, limits, passkeys, second_step
from accounts.models import User

FRESH_S = 15 * 60
TRIES_A_MINUTE = 6
# By bare links, from all addresses together: who wants to shut a person out needs ten of them, and a link of theirs.
TRIES_BY_LINK_A_MINUTE = 60
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Asked:
    """What the form asks for. `passkey`: WebAuthn's request options as JSON, empty without a passkey.

    `code`: with the password, of who signs in by this form and has a second step."""

    passkey: dict[str, Any]
    password: bool
    code: bool


class ConfirmForm(forms.Form):
    """The fields that a form of ours takes in beside its own."""

    credential = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        required=False,
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=gettext_lazy("The code of your app, or a recovery code"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def is_fresh(request: HttpRequest) -> bool:
    """Signed in, or confirmed, within the last 15 minutes on this device."""
    records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
    last = max((float(record.get("at", 0)) for record in records), default=0.0)
    return 0 <= time.time() - last < FRESH_S


def ask(request: HttpRequest, user: User) -> Asked:
    """A new question for the browser. Each form that is shown asks anew; only the last one can be answered."""
    may = passkeys.possible(request) and passkeys.passkeys_of(user).exists()
    code = request.user != user and second_step.is_set_up(user)
    return Asked(passkeys.begin(user) if may else {}, user.has_usable_password(), code)


def confirm(request: HttpRequest, user: User, form: ConfirmForm) -> None:
    """`user` has shown that it is them: noted in the session. Raises ValidationError by field of `form`."""
    given = form.cleaned_data
    if given.get("credential"):
        # Nobody guesses one: whoever has it is never kept waiting by who guesses passwords.
        try:
            used = passkeys.check(user, given["credential"])
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
        _note(request, user, "mfa", id=used.pk, type=used.type)
        return
    if not given.get("password"):
        raise ValidationError({"password": _("Confirm that it is you: with your passkey or your password.")})
    try:
        for name, most in _counts(request, user):
            limits.count(f"confirm:{user.pk}:{name}", most)
    except limits.TooOften as often:
        words = _("Too many tries. Wait %(s)s seconds, then try again.") % {"s": often.wait_s}
        raise ValidationError({"password": words}) from often
    if not user.check_password(given["password"]):
        raise ValidationError({"password": _("This is not your present password.")})
    _note(request, user, "password", **_second_step(request, user, given["code"]))


def _second_step(request: HttpRequest, user: User, code: str) -> dict[str, Any]:
    """Of who is not signed in here: the password alone would be a way around it."""
    if request.user == user:
        return {}
    if not second_step.is_set_up(user):
        return {}
    try:
        return {"second": second_step.check_code(request, user, code).type}
    except ValidationError as error:
        raise ValidationError({"code": error.messages}) from error


def passes(request: HttpRequest, user: User, form: ConfirmForm) -> bool:
    """Fresh, or confirmed by what stands in `form`; else what is wrong is in the form."""
    if request.user == user and is_fresh(request):
        return True
    if not form.is_valid():
        return False
    try:
        confirm(request, user, form)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _counts(request: HttpRequest, user: User) -> list[tuple[str, int]]:
    """Where passwords are counted, and how many a minute are taken there: whoever holds a link that was passed on must
    not shut out the one who decides (docs/decisions/0009-known-devices.md). The page and each device where they have
    signed in count alone; who only has the link, each address, and all of these together."""
    if request.user == user:
        return [("page", TRIES_A_MINUTE)]
    if device := known_devices.number(request, user.email):
        return [(device, TRIES_A_MINUTE)]
    address = get_adapter(request).get_client_ip(request)
    return [(f"link:{limits.household(address)}", TRIES_A_MINUTE), ("link", TRIES_BY_LINK_A_MINUTE)]


def _note(request: HttpRequest, user: User, method: str, **more: Any) -> None:
    """Who came by a link alone is signed in by it: on this device, as by the form of the sign-in."""
    if not request.user.is_authenticated:
        login(request, user, backend=BACKEND)
    record_authentication(request, user, method, reauthenticated=True, **more)
