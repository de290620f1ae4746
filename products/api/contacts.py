"""Who is told about a product, in the order they are asked (K132–K135)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema, Status

from accounts.bearer import person_of
from accounts.replay import once_by_token
from foundation.shapes import Listed
from products import contacts
from products.api.lookup import product_of
from products.api.people import NewContact, contact_facts
from products.api.routing import SEEN_WITH, SET_WITH, router
from products.models import Contact, Product


class ContactShape(Schema):
    """Exactly one of `user` (somebody's address here), `address` (anybody's) and `whole_team` says who it is.

    `role` is the key of the role of the process that is reached this way, or empty.
    """

    id: int
    label: str
    role: str
    user: str | None
    address: str
    whole_team: bool
    position: int


@router.get("/products/{slug}/contacts", auth=SEEN_WITH, response=Listed[ContactShape])
def list_contacts(request: HttpRequest, slug: str) -> dict[str, Any]:
    """All of them, in their order. Without any, everybody of the team who responds is told."""
    return _shape(product_of(request, slug))


@router.post(
    "/products/{slug}/contacts",
    auth=SET_WITH,
    response={201: Listed[ContactShape], 200: Listed[ContactShape]},
)
def add_contact(request: HttpRequest, slug: str, body: NewContact) -> Status[dict[str, Any]]:
    """The last in the order. Answers all contacts of the product."""
    product, user = product_of(request, slug, "change_contacts"), person_of(request)
    facts = contact_facts(body)

    def add() -> int:
        return contacts.add_contact(product, by=user, **facts).pk

    sent = body.model_dump(mode="json")
    _answer, fresh = once_by_token(request, f"contact:{product.pk}", sent, add)
    return Status(201 if fresh else 200, _shape(product))


@router.delete("/products/{slug}/contacts/{contact_id}", auth=SET_WITH, response={204: None})
def remove_contact(request: HttpRequest, slug: str, contact_id: int) -> Status[None]:
    """Told no longer; what was sent stays on record."""
    product = product_of(request, slug, "change_contacts")
    contacts.remove_contact(_contact(product, contact_id), by=person_of(request))
    return Status(204, None)


@router.post("/products/{slug}/contacts/{contact_id}/move", auth=SET_WITH, response=Listed[ContactShape])
def move_contact(request: HttpRequest, slug: str, contact_id: int) -> dict[str, Any]:
    """One place earlier; the first one stays where it is. Answers all contacts."""
    product = product_of(request, slug, "change_contacts")
    contacts.move_contact(_contact(product, contact_id), by=person_of(request))
    return _shape(product)


def _contact(product: Product, pk: int) -> Contact:
    return get_object_or_404(product.contacts.select_related("product"), pk=pk)


def _shape(product: Product) -> dict[str, Any]:
    rows = Contact.objects.filter(product=product).select_related("user")
    same = ("id", "label", "role", "address", "whole_team", "position")
    items = [
        {**{name: getattr(row, name) for name in same}, "user": row.user.email if row.user else None} for row in rows
    ]  # fmt: skip
    return {"items": items, "next": None}
