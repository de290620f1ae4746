"""The second tap of a decision: the reason, and for a deferral the release."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotfixes.decision.options import options
from hotfixes.models import Choice
from incidents import exits
from incidents.forms.fields import line, words
from incidents.forms.retold import when
from incidents.models import Incident, Mode


def _named(way: dict[str, Any]) -> str:
    name = f"{way['rank']}. {way['title']}"
    return name if way["fits"] else gettext("%(name)s (not for this product)") % {"name": name}


class DecideForm(forms.Form):
    """`choice` and `option` come from the first tap; `seen` is what was shown, `instead_of` what it replaces."""

    choice = forms.ChoiceField(
        choices=Choice.choices,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose first."),
            "invalid_choice": _("There is no such choice. Go back."),
        },
    )
    option = forms.ChoiceField(label=_("How?"), widget=forms.RadioSelect, required=False)
    to = line(_("For which release does it wait?"), limit=exits.RELEASE_LIMIT, required=False)
    reason = words(
        _("Why?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say why: the next reader was not there.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    instead_of = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=9999)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = str(self["choice"].value() or "")
        ways = options(incident) if chosen == Choice.ROLLBACK else []
        if ways:
            self.fields["option"].choices = [(way["key"], _named(way)) for way in ways]  # type: ignore[attr-defined]
            fit = [way["key"] for way in ways if way["fits"]]
            self.initial.setdefault("option", fit[0] if len(fit) == 1 else "")
        else:
            del self.fields["option"]
        if incident.mode == Mode.RETROSPECTIVE:
            self.fields["at"] = when(incident)
        if chosen == Choice.DEFER:
            self.initial.setdefault("to", exits.release_of(incident))
        else:
            del self.fields["to"]

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "instead_of": self.cleaned_data["instead_of"] or 0}
