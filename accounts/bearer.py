"""`Authorization: Bearer nd_…`: the only way into the API.

Cookies open nothing there, so no foreign page can make use of them.
"""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from accounts import limits, tokens
from accounts.access import allowed
from accounts.models import ApiToken, Scope, User


class Bearer(HttpBearer):
    """Lets a token in that has one of `scopes`. Its person acts, under a name that tells of the token."""

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> Any:
        found = super().__call__(request)
        if found is None:
            limits.count_refused(request)
        return found

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = tokens.find(token)
        if found is None:
            return None
        most = settings.NIGHTDESK_REQUESTS_A_MINUTE
        request.counted = limits.count(f"token:{found.pk}", most)  # type: ignore[attr-defined]
        if not set(found.scopes) & set(self.scopes):
            raise PermissionDenied(
                _("This token may not do that: it needs the scope %(scopes)s.")
                % {"scopes": _(" or ").join(self.scopes)}
            )
        tokens.used(found)
        found.user.by_token = found.name
        request.user = found.user
        return found


def token_of(request: HttpRequest) -> ApiToken:
    """The token behind a request that Bearer let in."""
    return cast(ApiToken, request.auth)  # type: ignore[attr-defined]


def person_of(request: HttpRequest) -> User:
    """Who acts: the token's person."""
    return token_of(request).user


def refuse_narrow(request: HttpRequest) -> None:
    """PermissionDenied for a token of some products only: what is a team's or the house's is out of its reach."""
    if not allowed(person_of(request), "reach_teams", token_of(request)):
        raise PermissionDenied(_("This token is for some products only."))
