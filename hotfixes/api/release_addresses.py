"""Where a product's releases can be had, for scripts that set products up (A38, A39)."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from accounts.bearer import person_of
from foundation.shapes import Body, OneLine, Plain
from hotfixes.rollback import addresses
from products.api.lookup import product_of
from products.api.routing import SEEN_WITH, SET_WITH
from products.models import Product

router = Router(tags=["products"])
Address = Annotated[str, Field(max_length=500), Plain, OneLine]


class ReleaseAddressShape(Schema):
    """Of one way back, by its key in the process: `address` is the product's own, `written` the process's, which holds
    while there is none.
    """

    option: str
    title: str
    address: str
    written: str


class ReleaseAddresses(Schema):
    items: list[ReleaseAddressShape]
    next: str | None


class SetAddresses(Body):
    """By the key of the way back; "" takes an address away, what is left out stays. `{target}` is the version."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"addresses": {"previous_package": "https://example.org/{target}/app.tar.gz"}}]
        }
    )

    addresses: Annotated[dict[str, Address], Field(max_length=40)]


@router.get("/products/{slug}/release_addresses", auth=SEEN_WITH, response=ReleaseAddresses)
def list_release_addresses(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The ways back that a download shows to be there, and where Nightdesk looks for it."""
    return _shape(product_of(request, slug))


@router.patch("/products/{slug}/release_addresses", auth=SET_WITH, response=ReleaseAddresses)
def set_release_addresses(request: HttpRequest, slug: str, body: SetAddresses) -> dict[str, Any]:
    """Says where the version before can be had. All that is given or nothing."""
    product, user = product_of(request, slug, "edit"), person_of(request)
    known = [str(one["key"]) for one in addresses.options(product)]
    with transaction.atomic():
        for option, address in body.addresses.items():
            try:
                if option not in known:
                    words = {"known": ", ".join(known) or _("none")}
                    raise ValidationError(_("This process looks for a release of: %(known)s.") % words)
                addresses.enter(product, option, address, by=user)
            except ValidationError as error:
                raise ValidationError({f"addresses.{option[:80]}": error.messages}) from None
    return _shape(product)


def _shape(product: Product) -> dict[str, Any]:
    own = addresses.own(product)
    items = [
        {
            "option": str(one["key"]),
            "title": str(one["title"]),
            "address": own.get(str(one["key"]), ""),
            "written": str(one.get("artifact") or ""),
        }
        for one in addresses.options(product)
    ]
    return {"items": items, "next": None}
