"""Forms of the work on an incident: a fact of the remedy, a step, a box, a message. `?…=` in the address chooses which.

`heading` is what the page of the form is about.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from foundation.offered import offer
from incidents.forms.fields import MomentField, UploadField, line, words
from incidents.forms.verbs import VerbForm
from incidents.messages.messages import messages
from incidents.work import checklist
from incidents.work.report import SAID, alone
from incidents.work.steps import steps
from products.vocabulary import EventKind


def link(label: Any = None) -> forms.CharField:
    return line(label or lazy("Link that shows it"), limit=500, required=False)


def shown_by() -> forms.CharField:
    return words(lazy("In your words"), required=False, rows=2)


class ReportForm(VerbForm):
    kind = forms.ChoiceField(label=lazy("What has happened?"), choices=list(SAID.items()))
    text = shown_by()
    url = link()
    file = UploadField()
    at = MomentField(label=lazy("When was it? Leave empty for now"))


class _StepForm(VerbForm):
    step = forms.CharField(widget=forms.HiddenInput, max_length=40)

    @property
    def heading(self) -> str:
        asked = self["step"].value()
        return next((step.title for step in steps(self.incident) if step.key == asked), "")

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        return {"key": found.pop("step"), **found}


class FinishForm(_StepForm):
    text = shown_by()
    url = link()
    file = UploadField()

    @property
    def label(self) -> str:
        """What is asked once more says in full what it is about to say."""
        asked = self["step"].value()
        return next((one.label for one in steps(self.incident) if one.key == asked and one.asked_again), "")

    @property
    def warning(self) -> str:
        """Against approving what one has made oneself; it is said, not refused."""
        asked = self["step"].value()
        approves = any(one.key == asked and one.kind == EventKind.APPROVED for one in steps(self.incident))
        if not (approves and alone(self.incident, self.reader)):
            return ""
        return _(
            "You also said that the fix is pushed. Somebody else should approve it; the timeline will say so."
        )


class SkipForm(_StepForm):
    reason = words(lazy("Why is it not needed?"), limit=1000, rows=2)


class ReopenStepForm(_StepForm):
    reason = words(lazy("Why is it open again?"), limit=1000, rows=2, required=False)


class _BoxForm(VerbForm):
    box = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=60)

    @property
    def heading(self) -> str:
        asked = str(self["box"].value())
        return next((box.title for box in checklist.items(self.incident) if str(box.position) == asked), "")

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        return {"position": found.pop("box"), **found}


class AttestForm(_BoxForm):
    text = shown_by()
    url = link()
    file = UploadField()


class NotNeededForm(_BoxForm):
    reason = words(lazy("Why is it not needed?"), limit=1000, rows=2)


class UntickForm(_BoxForm):
    reason = words(lazy("Why is it open again?"), limit=1000, rows=2, required=False)


class SendForm(VerbForm):
    message = forms.ChoiceField(label=lazy("Message"))
    text = line(lazy("Where did you send it?"), limit=1000)
    url = link(lazy("Link to it"))
    again = forms.BooleanField(label=lazy("It was sent before, and this is one more"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = messages(self.incident)
        offer(self, "message", [(m.key, m.title) for m in self.found])
        waiting = [m.key for m in self.found if m.state == "due"]
        self.initial.setdefault("message", waiting[0] if waiting else "")
        if not any(m.sent for m in self.found):
            del self.fields["again"]

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        return {"key": found.pop("message"), **found}


class VouchForm(VerbForm):
    message = forms.CharField(widget=forms.HiddenInput, max_length=40)
    claim = forms.CharField(widget=forms.HiddenInput, max_length=40)
    reason = words(lazy("How do you know?"), limit=1000, rows=2)

    @property
    def heading(self) -> str:
        asked = (self["message"].value(), self["claim"].value())
        lines = [(m.key, line) for m in messages(self.incident) for line in m.lines if line.claim]
        return next((line.text for key, line in lines if (key, line.claim) == asked), "")

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.heading:
            raise ValidationError(_("The process has no such line."))
        return self.cleaned_data

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        return {"key": found.pop("message"), **found}
