"""Declaring: one required field. What is wrong is said beside it, what was typed stays."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.offered import offer_rows
from incidents.forms.fields import MomentField, line, words
from incidents.models import Mode
from products.models import Product, Severity

# While it is typed, what is open and sounds like it comes to the top.
LOOK = {
    "hx-post": "/declare/",
    "hx-trigger": "input changed delay:300ms",
    "hx-vals": '{"look": "already"}',
    "hx-include": "#declare-form",
    "hx-target": "#already",
    "hx-swap": "outerHTML",
    "hx-sync": "this:replace",
}


class DeclareForm(forms.Form):
    """`severities` are those of the chosen product's process.

    "" means "not sure" and opens in triage at the worst one.
    """

    title = line(
        _("What is broken?"),
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "enterkeyhint": "send", **LOOK}
        ),
        error_messages={
            "required": _("Say in a few words what is broken."),
            "max_length": _("At most 200 characters, this has %(show_value)d. Put details under “More”."),
        },
    )
    product = forms.ModelChoiceField(
        label=_("Product"),
        queryset=Product.objects.none(),
        to_field_name="slug",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("There is no such product here. Choose one of these."),
            "required": _("Choose the product."),
        },
    )
    severity = forms.CharField(label=_("How bad is it?"), required=False, max_length=40)
    impact = words(_("Who is affected, and how?"), required=False, rows=2)
    users_affected = forms.IntegerField(
        label=_("People affected (number)"), required=False, min_value=0, max_value=10**12
    )
    detected_at = MomentField(label=_("Seen since"))
    reported_at = MomentField(label=_("Reported to us at"))
    mode = forms.ChoiceField(
        label=_("This is"),
        choices=[
            (Mode.LIVE, _("real")),
            (Mode.DRILL, _("a drill: nobody outside is told")),
            (Mode.RETROSPECTIVE, _("over, entered afterwards")),
        ],
        required=False,
    )
    private = forms.BooleanField(label=_("Private: only people who take part can see it"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, user: User, product: Product | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = Product.objects.visible_to(user).active().with_process()
        offer_rows(self, "product", choices)
        self.chosen = self._chosen(list(choices), product)
        self.severities = list(self.chosen.severities()) if self.chosen else []
        self.initial.setdefault("key", uuid.uuid4().hex)
        if self.chosen:
            self.initial.setdefault("product", self.chosen.slug)

    def _chosen(self, products: list[Product], wanted: Product | None) -> Product | None:
        asked = self.data.get("product") if self.is_bound else None
        by_slug = {product.slug: product for product in products}
        if asked in by_slug:
            return by_slug[asked]
        mine = [product for product in products if product == wanted]  # as it was read here, with its process
        return next(iter([*mine, *products]), None)

    def clean_severity(self) -> Severity | None:
        key = self.cleaned_data["severity"].strip()
        if not key:
            return None
        for severity in self.severities:
            if severity.key.casefold() == key.casefold():
                return severity
        raise forms.ValidationError(
            _("This product's process has no such severity. Choose one of these."), code="foreign"
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        late = found.get("mode") == Mode.RETROSPECTIVE and not found.get("detected_at")
        if late and "detected_at" not in self.errors:
            self.add_error("detected_at", _("Say since when it was seen: it is over."))
        return found

    def clean_mode(self) -> str:
        return self.cleaned_data["mode"] or Mode.LIVE

    def clean_users_affected(self) -> int | None:
        number: int | None = self.cleaned_data["users_affected"]
        return number


class JoinForm(forms.Form):
    """The declare form's own fields, when the person joins what is open instead."""

    title = line(_("What is broken?"), limit=2000, required=False)
    key = forms.CharField(required=False, max_length=64)
