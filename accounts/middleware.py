"""Before every page: signed in, with an own password, for some with a second step; when this device was last here."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import second_step
from accounts.guarded import is_guarded
from accounts.session_store import SessionStore
from ui.htmx import by_htmx

type View = Callable[..., HttpResponseBase]


class SignInRequired(LoginRequiredMiddleware):
    """Every view but those marked `login_not_required` asks for a sign-in and then comes back to the page.

    To the page, not to a fragment or a form's target; after a request by htmx the whole browser goes there.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: View
    ) -> HttpResponseBase:
        response = redirect_to_login(_page(request), resolve_url(settings.LOGIN_URL))
        if not by_htmx(request):
            return response
        return HttpResponse(status=401, headers={"HX-Redirect": response.url})


class MustChangePassword(MiddlewareMixin):
    """Who got a password from somebody else chooses one of their own before anything else."""

    allowed_names = frozenset({"account_change_password", "account_logout"})

    def process_view(
        self, request: HttpRequest, view_func: View, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        if not request.user.must_change_password or (match and match.url_name in self.allowed_names):
            return None
        return redirect_to_login(_page(request), resolve_url("account_change_password"))


class SecondStepRequired(MiddlewareMixin):
    """Who has no second step, where one is wanted for this, sets one up first and then comes back."""

    def process_view(
        self, request: HttpRequest, view_func: View, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if not (settings.NIGHTDESK_REQUIRE_MFA and request.user.is_authenticated and is_guarded(request)):
            return None
        if second_step.is_set_up(request.user):
            return None
        response = redirect_to_login(_page(request), resolve_url("second_step"))
        return (
            HttpResponse(status=403, headers={"HX-Redirect": response.url}) if by_htmx(request) else response
        )


class LastSeen:
    """Notes on the list of sessions when and from where each was last used, at most once in ten minutes."""

    every_s = 600
    remembered = 10_000

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._noted: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.session.session_key:
            self._note(request.session.session_key, get_adapter(request).get_client_ip(request))
            # The 30 days start anew every day: a phone in use is never signed out at night.
            cast(SessionStore, request.session).keep(at_least=timedelta(days=29))
        return self.get_response(request)

    def _note(self, session_key: str, address: str) -> None:
        now = time.monotonic()
        if now - self._noted.get(session_key, -self.every_s) < self.every_s:
            return
        if len(self._noted) >= self.remembered:
            self._noted.clear()
        self._noted[session_key] = now
        UserSession.objects.filter(session_key=session_key).update(last_seen_at=Now(), ip=address)


def _page(request: HttpRequest) -> str:
    """The page that `request` belongs to: its own address when a browser opened it, else where it came from."""
    if request.method in ("GET", "HEAD") and not by_htmx(request):
        return request.get_full_path()
    origin = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(origin, allowed_hosts={request.get_host()}):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(origin)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
