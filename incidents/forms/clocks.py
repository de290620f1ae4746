"""The forms of clocks: which one, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation import moment
from incidents.clocks import verbs as clock_verbs
from incidents.forms.fields import words
from incidents.forms.verbs import VerbForm


class ClockForm(VerbForm):
    """`clock` (`key` or `key/HF-7`): which one the sum led here from; only those that fit can be chosen."""

    kind = ""
    clock = forms.ChoiceField(
        label=_("Which clock?"),
        error_messages={
            "required": _("Choose a clock."),
            "invalid_choice": _("This clock has moved on meanwhile. Choose one of these."),
        },
    )
    reason = words(
        _("Why?"),
        limit=clock_verbs.REASON_LIMIT,
        rows=2,
        error_messages={"required": _("Say why: the next reader was not there.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["clock"]
        field.choices = clock_verbs.choices(self.incident, self.kind, moment.now())
        if not field.choices:
            field.help_text = _("No clock fits this now.")

    def facts(self) -> dict[str, Any]:
        key, _slash, subject = self.cleaned_data["clock"].partition("/")
        return {"clock": key, "subject": subject, "reason": self.cleaned_data["reason"]}


class PauseForm(ClockForm):
    kind = clock_verbs.PAUSE.kind


class ResumeForm(ClockForm):
    kind = clock_verbs.RESUME.kind


class WaiveForm(ClockForm):
    kind = clock_verbs.WAIVE.kind
