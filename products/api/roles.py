"""Who is listed for the roles of a product's process: who may decide, in which order people are asked (K138)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema, Status

from accounts.bearer import person_of
from accounts.replay import once_by_token
from foundation.shapes import Listed
from products import role_holders
from products.api.lookup import product_of
from products.api.people import NewHolder, somebody
from products.api.routing import SEEN_WITH, SET_WITH, router
from products.models import Product, RoleHolder
from products.role_holders import RoleList, role_lists


class HolderShape(Schema):
    """`counts` is false for somebody who has left the team or may not sign in any more."""

    id: int
    user: str
    position: int
    counts: bool


class RoleShape(Schema):
    """`known` is false for a role that the product's process does not have any more. `holders` are in order."""

    role: str
    label: str
    decides: bool
    needed: bool
    known: bool
    responsibilities: list[str]
    deputies: list[str]
    holders: list[HolderShape]


@router.get("/products/{slug}/roles", auth=SEEN_WITH, response=Listed[RoleShape])
def list_roles(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Every role of the process in its order, with who is listed: the first by default, the next ones deputies."""
    return _shape(product_of(request, slug))


@router.post(
    "/products/{slug}/roles", auth=SET_WITH, response={201: Listed[RoleShape], 200: Listed[RoleShape]}
)
def list_for_role(request: HttpRequest, slug: str, body: NewHolder) -> Status[dict[str, Any]]:
    """The last in the role's order. Answers all roles."""
    product, by = product_of(request, slug, "change_roles"), person_of(request)
    user = somebody(body.user)

    def add() -> int:
        return role_holders.list_for_role(product, role=body.role, user=user, by=by).pk

    _answer, fresh = once_by_token(request, f"role:{product.pk}", body.model_dump(mode="json"), add)
    return Status(201 if fresh else 200, _shape(product))


@router.delete("/products/{slug}/roles/{holder_id}", auth=SET_WITH, response={204: None})
def unlist(request: HttpRequest, slug: str, holder_id: int) -> Status[None]:
    """May not take the role any more, nor decide in it. What was decided stays."""
    product = product_of(request, slug, "change_roles")
    role_holders.unlist(_holder(product, holder_id), by=person_of(request))
    return Status(204, None)


@router.post("/products/{slug}/roles/{holder_id}/move", auth=SET_WITH, response=Listed[RoleShape])
def move_role_holder(request: HttpRequest, slug: str, holder_id: int) -> dict[str, Any]:
    """One place earlier; the first one stays where it is. Answers all roles."""
    product = product_of(request, slug, "change_roles")
    role_holders.move_up(_holder(product, holder_id), by=person_of(request))
    return _shape(product)


def _holder(product: Product, pk: int) -> RoleHolder:
    return get_object_or_404(product.role_holders.select_related("product"), pk=pk)


def _shape(product: Product) -> dict[str, Any]:
    return {"items": [_role(each) for each in role_lists(product)], "next": None}


def _role(each: RoleList) -> dict[str, Any]:
    role = each.role
    holders = [
        {
            "id": one.holder.pk,
            "user": one.holder.user.email,
            "position": one.holder.position,
            "counts": not one.missing and each.known,
        }
        for one in each.listed
    ]
    return {
        "role": role.key,
        "label": role.label,
        "decides": role.decides,
        "needed": role.needed,
        "known": each.known,
        "responsibilities": list(role.responsibilities),
        "deputies": list(role.deputies),
        "holders": holders,
    }
