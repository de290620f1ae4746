"""What is entered afterwards says when it was: every verb's form asks for it."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation import moment
from incidents.forms.fields import MomentField
from incidents.forms.verbs import VerbForm
from incidents.models import Incident


class WhenField(MomentField):
    """Between the detection of `incident` and now."""

    def __init__(self, *, incident: Incident, **options: Any) -> None:
        super().__init__(**options)
        self.incident = incident

    def clean(self, value: Any) -> datetime | None:
        at = super().clean(value)
        if at and at > moment.now():
            raise forms.ValidationError(_("This is in the future."))
        if at and at < self.incident.detected_at.replace(microsecond=0):
            raise forms.ValidationError(_("This is before the problem was detected."))
        return at and max(at, self.incident.detected_at)


def retell[F: VerbForm](form: F) -> F:
    """`form`, asking when it was."""
    form.fields["at"] = when(form.incident)
    return form


def when(incident: Incident) -> WhenField:
    """The field that asks for it."""
    missing = {"required": _("Say when it was.")}
    return WhenField(label=_("When was it?"), incident=incident, required=True, error_messages=missing)
