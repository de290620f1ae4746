"""What people type of a window: when, of what, why. Times are those of the product's team."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text, single_line
from monitoring.models import Monitor
from products.models import Product
from ui.moment_field import MomentField

# What one tap sets or adds, in minutes.
TAPS = [(30, _("30 min")), (60, _("1 h")), (120, _("2 h"))]


class KeyedForm(forms.Form):
    """A form whose `key` makes a second tap, or a resend, harmless."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64, validators=[plain_text])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid4().hex)


class MinuteField(MomentField):
    """Of a plan: nobody plans to the second."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class MaintenanceForm(KeyedForm):
    """A window of one product; bound in its team's zone (`timezone.override`)."""

    starts_at = MinuteField(label=_("From"))
    ends_at = MinuteField(label=_("Until"), required=True)
    monitors = forms.ModelMultipleChoiceField(
        Monitor.objects.none(),
        label=_("Only these monitors"),
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, validators=[plain_text, single_line]
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: forms.ModelMultipleChoiceField[Monitor] = self.fields["monitors"]  # type: ignore[assignment]
        chosen.queryset = Monitor.objects.present().filter(product=product).order_by("name", "pk")


class TapForm(KeyedForm):
    """Maintenance now, for a time that one tap chooses; of one monitor or of the whole product."""

    minutes = forms.TypedChoiceField(choices=TAPS, coerce=int)
    monitor = forms.ModelChoiceField(Monitor.objects.none(), required=False, to_field_name="slug")

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: forms.ModelChoiceField[Monitor] = self.fields["monitor"]  # type: ignore[assignment]
        chosen.queryset = Monitor.objects.present().filter(product=product)

    @property
    def lasts(self) -> timedelta:
        return timedelta(minutes=self.cleaned_data["minutes"])


class EndForm(forms.Form):
    """Another end of a window: a moment, or so many minutes more."""

    ends_at = MinuteField(label=_("Until"))
    more = forms.TypedChoiceField(choices=TAPS, coerce=int, required=False, empty_value=None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("ends_at") and not cleaned.get("more") and not self.errors:
            self.add_error("ends_at", _("Say until when."))
        return cleaned
