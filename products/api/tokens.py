"""Tokens by token: one's own. What a token makes may do no more, and reach no more, than itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import ConfigDict, Field

from accounts.bearer import person_of, token_of
from accounts.models import ApiToken, Scope
from accounts.replay import once_by_token
from accounts.tokens import LONGEST_DAYS, revoke_token
from foundation import moment
from foundation.shapes import Body, Key, Listed, Paging, Plain, Utc, listed, utc, utc_or_none
from products.api.routing import SET_WITH, router
from products.models import Product
from products.token_products import make_narrow_token, products_of


class TokenShape(Schema):
    id: int
    name: str
    start: str
    scopes: list[Scope]
    products: list[str]
    created_at: Utc
    expires_at: Utc | None
    last_used_at: Utc | None
    revoked_at: Utc | None


class MadeToken(TokenShape):
    """`token` is the text to send; null in the answer to a resend, because it is kept nowhere."""

    token: str | None


class NewToken(Body):
    """`products` empty: all that the person reaches. `days` left out: it does not expire, or together with the token
    that makes it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "deploy", "scopes": ["read", "incidents"], "days": 90}]}
    )

    name: Annotated[str, Field(min_length=1, max_length=80), Plain]
    scopes: Annotated[list[str], Field(min_length=1, max_length=len(Scope))]
    products: Annotated[list[Key], Field(max_length=100)] = []
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None


@router.get("/tokens", auth=SET_WITH, response=Listed[TokenShape], tags=["tokens"])
def list_tokens(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    """One's own, the newest first, with when each was last used."""
    return listed(asked.page(_own(request), "-created_at", "-pk"), token_shape)


@router.post("/tokens", auth=SET_WITH, response={201: MadeToken, 200: MadeToken}, tags=["tokens"])
def make_token(request: HttpRequest, body: NewToken) -> Status[dict[str, Any]]:
    """A token of one's own, told only now. It may do no more, and reach no more, than the one that makes it."""
    user, told = person_of(request), []
    _refuse_more(request, body)
    ends = token_of(request).expires_at

    def make() -> int:
        token, text = make_narrow_token(
            user,
            by=user,
            name=body.name,
            scopes=body.scopes,
            products=body.products,
            days=body.days,
            until=ends,
        )
        told.append(text)
        return token.pk

    pk, fresh = once_by_token(request, "token", body.model_dump(mode="json"), make)
    shape = {**token_shape(_own(request).get(pk=pk)), "token": told[0] if told else None}
    return Status(201 if fresh else 200, shape)


def _refuse_more(request: HttpRequest, body: NewToken) -> None:
    user, mine = person_of(request), token_of(request)
    reach = products_of(mine)
    asked = set(Product.objects.visible_to(user).filter(slug__in=body.products).values_list("pk", flat=True))
    longer = mine.expires_at and body.days and moment.now() + timedelta(days=body.days) > mine.expires_at
    wider = reach and (not body.products or not asked <= reach)
    if not set(body.scopes) <= set(mine.scopes) or wider or longer:
        raise PermissionDenied(_("A token makes none that may more than itself."))


@router.post(
    "/tokens/{token_id}/revoke", auth=SET_WITH, response=TokenShape, tags=["tokens"], summary="Revoke token"
)
def revoke(request: HttpRequest, token_id: int) -> dict[str, Any]:
    """It opens nothing from now on. One that is revoked already stays so."""
    found = get_object_or_404(_own(request), pk=token_id)
    revoke_token(found, by=person_of(request))
    return token_shape(found)


def token_shape(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.pk,
        "name": token.name,
        "start": token.start,
        "scopes": token.scopes,
        "products": sorted(row.product.slug for row in token.narrowed_to.all()),
        "created_at": utc(token.created_at),
        "expires_at": utc_or_none(token.expires_at),
        "last_used_at": utc_or_none(token.last_used_at),
        "revoked_at": utc_or_none(token.revoked_at),
    }


def _own(request: HttpRequest) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=person_of(request)).prefetch_related("narrowed_to__product")
