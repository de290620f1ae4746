"""Tokens: made once, shown once, found by their digest, ended at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Scope, User
from foundation import moment

PREFIX = "nd_"
LONGEST_DAYS = 3660
USED_EVERY = timedelta(minutes=1)
_log = structlog.get_logger(__name__)
_brought: dict[str, BaseExpression] = {}


def make_token(
    user: User,
    *,
    by: User | None,
    name: str,
    scopes: Collection[str],
    days: int | None = None,
    until: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A token that acts for `user`, and its text, which is nowhere kept. `by` None = the console.

    `days` None: it does not expire, or `until` then. Raises ValidationError by field.
    """
    known = [scope.value for scope in Scope if scope in scopes]
    if not known or len(known) != len(set(scopes)):
        words = {"scopes": ", ".join(Scope.values)}
        raise ValidationError({"scopes": _("Choose at least one of: %(scopes)s.") % words})
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": _("From 1 to %(most)s days.") % {"most": LONGEST_DAYS}})
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=" ".join(name.split()),
        digest=digest(text),
        start=text[:8],
        scopes=known,
        expires_at=moment.now() + timedelta(days=days) if days is not None else until,
    )
    token.full_clean(exclude=["expires_at", "last_used_at", "revoked_at"])
    token.save()
    _log.info("token.made", token=token.pk, user=user.pk, scopes=known, by=by.pk if by else "console")
    return token, text


def revoke_token(token: ApiToken, *, by: User) -> None:
    """It opens nothing from now on. Does nothing to one that is revoked already."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
            _log.info("token.revoked", token=token.pk, by=by.pk)
    token.refresh_from_db(fields=["revoked_at"])


def find(text: str) -> ApiToken | None:
    """The working token with that text, and by the same query the time and what apps above `bring` of it.

    By its digest: how long that takes says nothing about near misses.
    """
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    return next(iter(_working().filter(digest=digest(text))), None)


@cache
def _working() -> QuerySet[ApiToken]:
    """Made once: that takes as long as reading one."""
    return ApiToken.objects.working().select_related("user").annotate(read_at=moment.Read(), **_brought)


def bring(name: str, what: BaseExpression) -> None:
    """Says that `find` reads `what` of a token's row too, as its attribute `name`. For apps, at the start."""
    _brought[name] = what
    _working.cache_clear()


def used(token: ApiToken) -> None:
    """Notes that one from `find` was used; at most once a minute, so that a busy script writes no row per request."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - USED_EVERY)
    if token.last_used_at is None or token.__dict__["read_at"] - token.last_used_at >= USED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=Now())


def digest(text: str) -> str:
    """What is kept of a token's text: 32 random bytes need no salt and no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
