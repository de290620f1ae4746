"""Forms of a rollback: what is said of a step, that it is done, why it is given up, that a hotfix made it worse."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hotfixes.models import Rollback
from hotfixes.rollback.remarks import HALT
from incidents.forms.fields import line, words
from incidents.forms.verbs import VerbForm

WHY = _("Say why: the next reader was not there.")


class RollbackForm(VerbForm):
    """Which rollback; of the incident, so that no other one can be named."""

    rollback = forms.CharField(widget=forms.HiddenInput, max_length=24)

    def clean_rollback(self) -> Rollback:
        found = self.incident.rollbacks.filter(number=self._number()).first()
        if found is None:
            raise forms.ValidationError(_("There is no such rollback."))
        found.incident = self.incident
        return found

    def _number(self) -> int:
        text = str(self.cleaned_data["rollback"]).upper().removeprefix("RB-")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

    @property
    def named(self) -> Rollback | None:
        """As the address says it, before anything is sent."""
        text = str(self["rollback"].value() or "").upper().removeprefix("RB-")
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            return None
        return self.incident.rollbacks.filter(number=int(text)).first()


class StepForm(RollbackForm):
    position = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=99)


class BackForm(RollbackForm):
    """Of a rollout that is halted it asks how many have the version; of anything else only for words."""

    percent = forms.IntegerField(
        label=_("How many have it already, in percent?"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("As the store console shows it. Who has it keeps it until the next update."),
        error_messages={"invalid": _("A whole number from 0 to 100.")},
    )
    text = words(_("What did you see?"), limit=1000, rows=2, required=False)
    url = line(_("Link that shows it"), limit=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.named
        if found is None or found.option.get("kind") != HALT:
            del self.fields["percent"]


class SaidForm(forms.Form):
    """That a step is done, in words."""

    text = words(_("What did you see?"), limit=1000, rows=2, required=False)
    url = line(_("Link that shows it"), limit=500, required=False)


class ReasonForm(forms.Form):
    reason = words(_("Why?"), limit=1000, rows=2, error_messages={"required": WHY})


class WorseForm(forms.Form):
    reason = words(
        _("What got worse?"), limit=1000, rows=2, error_messages={"required": _("Say what you see.")}
    )
