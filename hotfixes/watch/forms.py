"""Forms of the watch, for a phone: how the smoke tests went, how many were counted, that it is over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hotfixes.models import Tally
from hotfixes.watch import smoke
from incidents.forms.fields import MomentField, line, words
from incidents.forms.verbs import VerbForm

PASSED, FAILED, OPEN = "passed", "failed", ""
PREFIX = "item_"


class SmokeForm(VerbForm):
    """One choice per smoke test of the process; what nobody tried stays open."""

    text = words(_("What did you see?"), limit=1000, rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        note = self.fields.pop("text")
        for key, title in smoke.wanted(self.incident).items():
            self.fields[PREFIX + key] = forms.ChoiceField(
                label=title,
                choices=[(PASSED, _("Works")), (FAILED, _("Does not work")), (OPEN, _("Not tried yet"))],
                widget=forms.RadioSelect,
                required=False,
                initial=OPEN,
            )
        self.fields["text"] = note

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self._results():
            raise forms.ValidationError(_("Say of at least one how it went."))
        return self.cleaned_data

    def facts(self) -> dict[str, Any]:
        return {"results": self._results(), "text": self.cleaned_data["text"]}

    def _results(self) -> dict[str, bool]:
        given = {
            name.removeprefix(PREFIX): value for name, value in self.cleaned_data.items() if name != "text"
        }
        return {key: value == PASSED for key, value in given.items() if value}


class TallyForm(VerbForm):
    kind = forms.ChoiceField(
        label=_("What did you count?"),
        choices=[(Tally.Kind.ERRORS, _("Errors")), (Tally.Kind.USER_REPORTS, _("Users' reports"))],
        widget=forms.RadioSelect,
        initial=Tally.Kind.ERRORS,
    )
    count = forms.IntegerField(label=_("How many?"), min_value=0, max_value=10**9)
    since = MomentField(label=_("Counted from"), required=True)
    until = MomentField(label=_("Until. Leave empty for now"))
    source = line(
        _("Where did you look?"), limit=80, required=False, help_text=_("Such as: error log, support inbox.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        watch = smoke.newest(self.incident)
        if watch:
            self.initial.setdefault("since", watch.kept_from)


class FinishForm(VerbForm):
    reason = words(
        _("How do you know that all is well?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say how you know: nobody measured it.")},
    )
