"""What operations on monitors and on alert sources have in common: both are named by a slug and switched by verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from ninja import Router, Schema

from accounts.access import authorize
from accounts.bearer import Bearer, person_of
from accounts.models import Scope
from products.api import SLUG

SEEN_WITH = Bearer(Scope.READ, Scope.MONITORING, Scope.ADMIN)
SET_WITH = Bearer(Scope.MONITORING, Scope.ADMIN)


def called[Row: Model](rows: QuerySet[Row], slug: str) -> Row | None:
    """The one of `rows` that goes by `slug`, whatever was written there."""
    return rows.filter(slug=slug).first() if SLUG.fullmatch(slug) else None


def allowed_one[Row: Model](request: HttpRequest, rows: QuerySet[Row], slug: str, action: str) -> Row:
    """The one of `rows` in an address, for who may do `action`; 404 where it is out of reach."""
    found = called(rows, slug)
    if found is None:
        raise Http404
    authorize(person_of(request), action, found)
    return found


class Verbs[Row: Model]:
    """Adds `POST /<things>/{slug}/<verb>`: each answers the thing as it then is, also where it was so before."""

    def __init__(
        self,
        router: Router,
        thing: str,
        find: Callable[..., Row],
        shape: Callable[[Row], dict[str, Any]],
        response: type[Schema],
    ) -> None:
        """`thing`: as paths write it, in the singular. `find`: by request, slug and optionally the action."""
        self._router, self._thing, self._find = router, thing, find
        self._shape, self._response = shape, response

    def add(self, name: str, do: Callable[..., object], words: str) -> None:
        """`do(thing, by=…)` is a verb that `accounts.access` knows by `name`; `words` describe it."""

        def operation(request: HttpRequest, slug: str) -> dict[str, Any]:
            do(self._find(request, slug, name), by=person_of(request))
            return self._shape(self._find(request, slug))

        operation.__annotations__ = {"request": HttpRequest, "slug": str, "return": dict[str, Any]}
        operation.__name__ = f"{name}_{self._thing}"
        path = f"/{self._thing}s/{{slug}}/{name}"
        summary = f"{name} {self._thing.replace('_', ' ')}".capitalize()
        self._router.post(path, response=self._response, summary=summary, description=words)(operation)
