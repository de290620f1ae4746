"""Where the version to go back to can be had: asked in the product's set-up, so that Nightdesk looks by itself whether
it is still there (A38, A39).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BoundField
from django.utils.translation import gettext as _

from accounts.access import allowed
from accounts.models import User
from foundation import moment
from foundation.text import plain_text, single_line
from hotfixes import patterns
from hotfixes.models import ReleaseAddress
from network import locator
from products.models import Product
from products.setup.sections import MONITORS, Section, SetupForm

KNOWN = ("target", "target_tag", "product")
# As people who have never seen our words write it.
ALIKE = {"{version}": "{target}", "{tag}": "{target_tag}"}
FIELD = "address_"


def own(product: Product) -> dict[str, str]:
    """What was entered for the product, by the way back's key. One query."""
    return dict(ReleaseAddress.objects.filter(product=product).values_list("option", "address"))


def template(option: Mapping[str, Any], entered: Mapping[str, str]) -> str:
    """The product's own, else the process's; "" where nobody has said it."""
    return entered.get(str(option["key"])) or str(option.get("artifact") or "")


def asks(option: Mapping[str, Any]) -> bool:
    """Whether one of its preconditions is seen by a download."""
    lines = option.get("preconditions") or []
    return any(isinstance(line, dict) and line.get("shown_by") == "download" for line in lines)


def options(product: Product) -> list[Mapping[str, Any]]:
    """The ways back of the product's process whose version is seen by a download."""
    version = product.process.current
    document = version.document if version else {}
    listed = (document.get("rollback") or {}).get("options") or []
    return [one for one in listed if asks(one)]


def clean(address: str) -> str:
    """As it is kept. Raises ValidationError for what is no address of a release."""
    text = address.strip()
    for word, ours in ALIKE.items():
        text = text.replace(word, ours)
    if strange := [name for name in patterns.names(text) if name not in KNOWN]:
        raise ValidationError(_("“{%(name)s}” has no meaning here.") % {"name": strange[0]})
    if not {"target", "target_tag"} & set(patterns.names(text)):
        raise ValidationError(
            _("Write {target} where the version stands, as in https://…/{target}/app.tar.gz.")
        )
    sample = patterns.formatted(text, {"target": "1.0.0", "target_tag": "v1.0.0", "product": "app"})
    try:
        locator.clean(sample)
    except locator.BadUrl as error:
        raise ValidationError(str(error)) from None
    return text


def enter(product: Product, option: str, address: str, *, by: User) -> None:
    """Empty takes it away. Raises ValidationError."""
    with transaction.atomic():
        rows = ReleaseAddress.objects.filter(product=product, option=option)
        if not address.strip():
            rows.delete()
            return
        found = {"address": clean(address), "by": by, "at": moment.now()}
        ReleaseAddress.objects.update_or_create(product=product, option=option, defaults=found)


@dataclass(frozen=True)
class Row:
    """A way back with its field; `written`: what the process says, which holds while the field is empty."""

    title: str
    written: str
    conditions: list[str]
    field: BoundField


class AddressesSetup(SetupForm):
    template = "rollbacks/set_up.html"

    def __init__(self, data: Mapping[str, Any] | None, *, product: Product, user: User) -> None:
        super().__init__(data, product=product, user=user)
        self.options = options(product)
        self.entered = own(product)
        for one in self.options:
            key = str(one["key"])
            field = forms.CharField(
                label=str(one["title"]), required=False, max_length=500, validators=[plain_text, single_line]
            )
            plain = {"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
            field.widget.attrs.update(plain)
            self.fields[FIELD + key] = field
            self.initial[FIELD + key] = self.entered.get(key, "")

    def shown(self) -> list[Row]:
        return [
            Row(
                str(one["title"]),
                str(one.get("artifact") or ""),
                [str(line["text"]) for line in one["preconditions"] if line.get("shown_by") == "download"],
                self[FIELD + str(one["key"])],
            )
            for one in self.options
        ]

    def clean(self) -> dict[str, Any]:
        for name, value in list(self.cleaned_data.items()):
            if value:
                try:
                    clean(value)
                except ValidationError as error:
                    self.add_error(name, error)
        return self.cleaned_data

    def save(self) -> None:
        changed = {name: self.cleaned_data.get(name, "") for name in self.changed_data}
        if changed and not allowed(self.user, "edit", self.product):
            raise ValidationError(_("Only a manager of the team says where releases are."))
        for name, address in changed.items():
            enter(self.product, name.removeprefix(FIELD), address, by=self.user)


SECTION = Section("release_addresses", MONITORS, 20, (), AddressesSetup)
