"""The bodies that name people of a product: who is told, who is listed for a role; alone, or with a new product."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from pydantic import ConfigDict, Field

from accounts.models import User
from foundation.shapes import Body, Key, Plain


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


class NewHolder(Body):
    """`role` is a key of the product's process, `user` the address of somebody in the team."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"role": "product_owner", "user": "paula@example.org"}]}
    )

    role: Key
    user: Annotated[str, Field(min_length=3, max_length=254), Plain]


def contact_facts(body: NewContact) -> dict[str, Any]:
    """What products.contacts.add_contact takes. ValidationError by field."""
    if [bool(body.user), bool(body.address), body.whole_team].count(True) != 1:
        raise ValidationError(_("Give one of user, address and whole_team."))
    if body.address:
        try:
            validate_email(body.address)
        except ValidationError as error:
            raise ValidationError({"address": error.messages}) from error
    same = ("label", "role", "address", "whole_team")
    return {
        "user": somebody(body.user) if body.user else None,
        **{name: getattr(body, name) for name in same},
    }


def somebody(email: str) -> User:
    """Who may be in the product's team, which the verb checks. ValidationError on `user`."""
    found = User.objects.filter(email=email.lower(), is_active=True).first()
    if found is None:
        raise ValidationError({"user": _("Nobody in this product's team has this address.")})
    return found
