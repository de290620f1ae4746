"""Who may hear which topic of the event stream."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, parse_cookie

from accounts.access import teams_of
from accounts.models import User
from incidents.models import Incident
from live.stream import Grant
from products.models import Product


def authorise(cookie_header: str, topics: frozenset[str]) -> Grant | None:
    """The person whose session the cookies name, with those of `topics` they may hear; None without a session.

    `topics` look like `kind:number` (live.bus.TOPIC). An unknown kind, `access` among them, is never granted.
    """
    user = person(cookie_header)
    if user is None:
        return None
    asked: dict[str, set[int]] = {}
    for topic in topics:
        kind, number = topic.split(":")
        asked.setdefault(kind, set()).add(int(number))
    heard = {
        f"{kind}:{number}"
        for kind, numbers in asked.items()
        if kind in _MAY_HEAR
        for number in _MAY_HEAR[kind](user, numbers)
    }
    return Grant(user.pk, topics & heard)


def person(cookie_header: str) -> User | None:
    """Whose session it is, judged as Django does: a changed password or an ended account ends it."""
    key = parse_cookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = auth.get_user(request)
    return user if isinstance(user, User) and user.is_active else None


def _itself(user: User, numbers: set[int]) -> set[int]:
    return numbers & {user.pk}


def _boards(user: User, numbers: set[int]) -> set[int]:
    return set(teams_of(user).filter(pk__in=numbers).values_list("pk", flat=True))


def _incidents(user: User, numbers: set[int]) -> set[int]:
    return set(Incident.objects.visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True))


def _products(user: User, numbers: set[int]) -> set[int]:
    return set(Product.objects.visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True))


_MAY_HEAR: dict[str, Callable[[User, set[int]], set[int]]] = {
    "user": _itself,
    "board": _boards,
    "incident": _incidents,
    "product": _products,
}
