"""What a new token may, where, and for how long."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope, User
from foundation.text import plain_text
from products.models import Product

DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")), ("", _("until it is revoked"))]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        validators=[plain_text],
        help_text=_("What uses it: the timeline names it."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, initial=[Scope.READ], widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may yourself."), error_messages={"required": _("Choose at least one.")},
    )  # fmt: skip
    products = forms.ModelMultipleChoiceField(
        Product.objects.none(), label=_("Only for these products"), required=False, to_field_name="slug",
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: all that you can see."),
    )  # fmt: skip
    days = forms.ChoiceField(label=_("It works for"), choices=DAYS, required=False, initial="90")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: forms.ModelMultipleChoiceField[Product] = self.fields["products"]  # type: ignore[assignment]
        chosen.queryset = Product.objects.visible_to(user).active().order_by("name")

    def facts(self) -> dict[str, Any]:
        """What make_narrow_token takes; call after `is_valid()`."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"],
            "scopes": cleaned["scopes"],
            "products": [product.slug for product in cleaned["products"]],
            "days": int(cleaned["days"]) if cleaned["days"] else None,
        }
