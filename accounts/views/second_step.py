"""The second step: the page between password and Nightdesk, and one's own, where it is set up."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.internal.constants import LoginStageKey
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import confirming, passkeys, second_step
from accounts.access import signed_in
from accounts.adapter import AccountAdapter
from accounts.confirming import ConfirmForm
from accounts.models import User

# Where somebody was sent here from, to go on when it is set up.
_BACK = "second_step.back"


@login_stage_required(stage=LoginStageKey.MFA_AUTHENTICATE.value, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """After the password: a passkey, a code of the app, or a recovery code. Nothing else is open before."""
    stage = request._login_stage  # type: ignore[attr-defined]
    user: User | None = stage.login.user
    # Ended while it was asked for, or not wanted any more: the password comes first again.
    if "again" in request.POST or not (user and user.is_active and second_step.is_set_up(user)):
        anew: HttpResponse = stage.abort()
        return anew
    wrong: list[str] = []
    if request.method == "POST":
        try:
            _pass(request, user)
            done: HttpResponse = stage.exit()
            return done
        except ValidationError as error:
            wrong = error.messages
    steps = second_step.steps_of(user)
    by_passkey = steps.passkeys and passkeys.possible(request)
    context = {
        "steps": steps,
        "passkey": json.dumps(passkeys.begin(user)) if by_passkey else "",
        "wrong": wrong,
    }
    return render(request, "accounts/second_step_asked.html", context, status=422 if wrong else 200)


def _pass(request: HttpRequest, user: User) -> None:
    from allauth.mfa.base.internal.flows import post_authentication

    if answer := request.POST.get("credential", ""):
        used = passkeys.check(user, answer)
    elif code := request.POST.get("code", "").strip():
        used = second_step.check_code(request, user, code)
    else:  # a passkey's button without JavaScript; nobody guesses so
        raise ValidationError(_("Type a code. A passkey needs JavaScript."))
    post_authentication(request, used)


@never_cache
@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """What one has. Who was sent here because something asks for a second step finds the way back."""
    user = signed_in(request)
    if back := request.GET.get("next", ""):
        request.session[_BACK] = back
    context = {
        "steps": second_step.steps_of(user),
        "missing": second_step.is_missing(user),
        "sent": bool(back),
    }
    return render(request, "accounts/second_step.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_app(request: HttpRequest) -> HttpResponse:
    """GET shows the key to scan, to who has just signed in or said again who they are; POST keeps the app by its first
    code."""
    user = signed_in(request)
    who = ConfirmForm(request.POST if request.method == "POST" else None)
    if not confirming.is_fresh(request):
        if request.method == "POST" and confirming.passes(request, user, who):
            return redirect("add_app")
        does = _("Then its key is shown, which is as good as your phone.")
        return asking(request, "accounts/confirm_it.html", who, {"title": _("Show the key"), "does": does})
    wrong: list[str] = []
    if request.method == "POST":
        try:
            second_step.add_app(request, user, request.POST.get("first", ""))
            return kept(request, user)
        except ValidationError as error:
            wrong = error.messages
    context = {"offer": second_step.offer_app(request, user), "wrong": wrong}
    return render(request, "accounts/add_app.html", context, status=422 if wrong else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_app(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if second_step.steps_of(user).app is None:
        return redirect("second_step")
    who = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and confirming.passes(request, user, who):
        second_step.remove_app(request, user)
        messages.success(request, _("Your app is no longer asked."))
        return redirect("second_step")
    does = _("Sign-ins no longer ask for its codes. Your other devices are signed out.")
    return asking(request, "accounts/confirm_it.html", who, {"title": _("Remove the app"), "does": does})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, as the answer to the POST."""
    user = signed_in(request)
    if not second_step.is_set_up(user):
        return redirect("second_step")
    who = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and confirming.passes(request, user, who):
        return _codes(request, second_step.new_codes(user))
    does = _("Ten codes, each for one sign-in without your phone. Those you have now stop working.")
    return asking(request, "accounts/confirm_it.html", who, {"title": _("New recovery codes"), "does": does})


def kept(request: HttpRequest, user: User) -> HttpResponse:
    """A step was set up. The first one brings codes for the day it is lost; then back to what asked for it."""
    if codes := second_step.first_codes(user):
        return _codes(request, codes)
    messages.success(request, _("Kept."))
    return redirect(_back(request) or "second_step")


@sensitive_variables("codes")
def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    halves = [f"{code[:4]} {code[4:]}" for code in codes]
    return render(request, "accounts/codes.html", {"codes": halves, "back": _back(request)})


def _back(request: HttpRequest) -> str:
    back = str(request.session.pop(_BACK, ""))
    return back if AccountAdapter(request).is_safe_url(back) else ""


def asking(request: HttpRequest, template: str, who: ConfirmForm, context: dict[str, Any]) -> HttpResponse:
    """A form which also asks who it is when the sign-in is older than 15 minutes."""
    wanted = None if confirming.is_fresh(request) else confirming.ask(request, signed_in(request))
    by_passkey = json.dumps(wanted.passkey) if wanted and wanted.passkey else ""
    context |= {"who": who, "wanted": wanted, "passkey": by_passkey}
    return render(request, template, context, status=422 if request.method == "POST" else 200)
