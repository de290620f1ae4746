"""The form that connects a tool: which one, of which product, and what an alert of it does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text
from monitoring import of_product
from monitoring.forms import Text
from monitoring.models import AlertSource, Tool
from products.models import Environment, Product


class SourceForm(forms.Form):
    """`facts()` are the fields of models.AlertSource as the verbs take them."""

    tool = forms.ChoiceField(
        label=_("What sends them"), choices=Tool.choices, initial=Tool.ALERTMANAGER, widget=forms.RadioSelect
    )
    name = Text(label=_("Name"), max_length=120, required=False)
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"), to_field_name="slug")
    environment = forms.ModelChoiceField(Environment.objects.none(), label=_("Environment"), required=False)
    opens_incident = forms.BooleanField(
        label=_("Open an incident when an alert fires"), required=False, initial=True
    )
    severities = forms.CharField(
        label=_("Severities"), required=False, max_length=4000, validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip
    severity = forms.ChoiceField(label=_("Severity of all others"), required=False)

    def __init__(
        self, *args: Any, products: QuerySet[Product], source: AlertSource | None = None, **kwargs: Any
    ) -> None:
        """With `source` the form edits it: what sends is fixed."""
        kwargs["initial"] = (_initial(source) if source else {}) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.source = source
        product: forms.ModelChoiceField[Product] = self.fields["product"]  # type: ignore[assignment]
        product.queryset = products
        product.empty_label = None if products.count() == 1 else _("Choose a product")
        one = of_product.chosen(self, products)
        of_product.offer_environments(self, one)
        of_product.offer_severities(self, one)
        form = reverse("alerts:edit", args=[source.slug]) if source else reverse("alerts:new")
        of_product.follow(self, form, "environment")
        self.fields["tool"].required = source is None

    def clean_severities(self) -> dict[str, str]:
        """A line each: `page = critical`."""
        found: dict[str, str] = {}
        for line in filter(None, (line.strip() for line in self.cleaned_data["severities"].splitlines())):
            word, is_there, key = (part.strip() for part in line.partition("="))
            if not (word and is_there and key):
                raise ValidationError(_("Write one on each line, such as: page = critical"))
            found[word.casefold()] = key
        return found

    def facts(self) -> dict[str, Any]:
        names = ("name", "product", "environment", "opens_incident", "severities", "severity")
        facts = {name: self.cleaned_data[name] for name in names}
        if self.source and not facts["name"]:
            facts["name"] = self.source.name
        return facts

    def refuse(self, error: ValidationError) -> None:
        for name, problems in error.message_dict.items():
            self.add_error(name if name in self.fields else None, problems)


def _initial(source: AlertSource) -> dict[str, Any]:
    return {
        "tool": source.tool,
        "name": source.name,
        "product": source.product.slug,
        "environment": source.environment_id,
        "opens_incident": source.opens_incident,
        "severities": "\n".join(f"{word} = {key}" for word, key in sorted(source.severities.items())),
        "severity": source.severity,
    }
