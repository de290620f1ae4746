"""What a form offers of the product that is chosen in it: its severities and environments, never those of others.

With script they follow the choice; without it a button shows them, and what is sent comes back with the right ones.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from foundation.text import asked
from products.models import Environment, Product

FOLLOWING = ("product", "severity", "environment")


def chosen(form: forms.Form, products: QuerySet[Product]) -> Product | None:
    """The one that was sent, that the address names, or the only one."""
    slug, there = form["product"].value(), list(products)
    found = next((one for one in there if one.slug == slug), None)
    return there[0] if found is None and not form.is_bound and len(there) == 1 else found


def offer_severities(form: forms.Form, product: Product | None) -> None:
    field: forms.ChoiceField = form.fields["severity"]  # type: ignore[assignment]
    if product is None:
        sent = str(form["severity"].value() or "")
        field.choices = [("", _("Choose the product first")), *([(sent, sent)] if sent else [])]
        return
    rows = product.severities().order_by("position")
    field.choices = [("", _("Not said: a person decides")), *((one.key, one.label) for one in rows)]
    words = _("%(product)s has no severity “%(severity)s” in its process.")
    given = {"product": product.name, "severity": str(form["severity"].value() or "")[:40]}
    field.error_messages["invalid_choice"] = (words % given).replace("%", "%%")


def offer_environments(form: forms.Form, product: Product | None) -> None:
    field: forms.ModelChoiceField[Environment] = form.fields["environment"]  # type: ignore[assignment]
    every = Environment.objects.all()
    field.queryset = every.filter(product=product) if product else every.none()
    field.empty_label = _("Not said") if product else _("Choose the product first")
    if product:
        words = _("%(product)s has no such environment.") % {"product": product.name}
        field.error_messages["invalid_choice"] = words.replace("%", "%%")


def follow(form: forms.Form, address: str, *also: str) -> None:
    """The fields of the product are asked for anew at `address` when another one is chosen."""
    kept = ", ".join(f"#{form[name].auto_id}" for name in ("severity", *also))
    attrs = {
        "hx-get": address, "hx-trigger": "change", "hx-include": kept, "hx-sync": "this:replace",
        "hx-select": f"#{form['severity'].auto_id}", "hx-target": f"#{form['severity'].auto_id}",
        "hx-swap": "outerHTML",
    }  # fmt: skip
    if also:
        attrs["hx-select-oob"] = ", ".join(f"#{form[name].auto_id}" for name in also)
    form.fields["product"].widget.attrs.update(attrs)


def in_address(request: HttpRequest) -> dict[str, Any]:
    """`?product=`, and what of it was chosen already."""
    return {name: value for name in FOLLOWING if (value := asked(request, name))}


def looked(request: HttpRequest, form: forms.Form) -> dict[str, Any] | None:
    """What was typed, when it was sent only to see what another product offers; else None."""
    if "look" not in request.POST:
        return None
    return {name: request.POST.get(name, "") for name in form.fields}
