"""Correcting and redacting one entry of the timeline."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.fields import MomentField, words
from incidents.models import TimelineEvent


class CorrectForm(forms.Form):
    occurred_at = MomentField(label=_("When it happened"), required=True)
    text = words(_("What it says"), required=False)
    reason = words(
        _("What was wrong?"), limit=1000, rows=2, error_messages={"required": _("Say what was wrong.")}
    )

    def __init__(self, *args: Any, event: TimelineEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.initial.setdefault("occurred_at", event.occurred_at)
        self.initial.setdefault("text", event.text)

    def facts(self) -> dict[str, Any]:
        """The field shows whole seconds: a time the person left alone must not lose its fraction."""
        at: datetime = self.cleaned_data["occurred_at"]
        kept = self.event.occurred_at
        return {**self.cleaned_data, "occurred_at": kept if at == kept.replace(microsecond=0) else at}


class RedactForm(forms.Form):
    reason = words(
        _("Why must it go?"),
        limit=1000,
        rows=2,
        help_text=_("Everybody can read this. Do not repeat what must go."),
        error_messages={"required": _("Say why, without repeating it.")},
    )
