"""Who is told about a product, in the order they are asked (K132–K135)."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema, Status
from pydantic import ConfigDict, Field

from accounts.bearer import person_of
from accounts.models import User
from accounts.replay import once_by_token
from foundation.shapes import Body, Listed, Plain
from products import contacts
from products.api.lookup import product_of
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


class NewContact(Body):
    """Give one of `user` (the address of somebody in the team), `address` (any mail address) and `whole_team`.

    `label` may be left out with `role`, a key of the product's process: it is called as the role is.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"label": "Duty phone", "address": "duty@example.org"}]}
    )

    label: Annotated[str, Field(max_length=80), Plain] = ""
    role: Annotated[str, Field(max_length=40), Plain] = ""
    user: Annotated[str, Field(max_length=254), Plain] = ""
    address: Annotated[str, Field(max_length=254), Plain] = ""
    whole_team: bool = False


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
    facts = _facts(body)

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


def _facts(body: NewContact) -> dict[str, Any]:
    if [bool(body.user), bool(body.address), body.whole_team].count(True) != 1:
        raise ValidationError(_("Give one of user, address and whole_team."))
    found = User.objects.filter(email=body.user.lower(), is_active=True).first() if body.user else None
    if body.user and found is None:
        raise ValidationError({"user": _("Nobody in this product's team has this address.")})
    if body.address:
        try:
            validate_email(body.address)
        except ValidationError as error:
            raise ValidationError({"address": error.messages}) from error
    same = ("label", "role", "address", "whole_team")
    return {"user": found, **{name: getattr(body, name) for name in same}}


def _contact(product: Product, pk: int) -> Contact:
    found = product.contacts.select_related("product").filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def _shape(product: Product) -> dict[str, Any]:
    rows = Contact.objects.filter(product=product).select_related("user")
    same = ("id", "label", "role", "address", "whole_team", "position")
    items = [
        {**{name: getattr(row, name) for name in same}, "user": row.user.email if row.user else None} for row in rows
    ]  # fmt: skip
    return {"items": items, "next": None}
