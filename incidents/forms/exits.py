"""The ways out of an incident, and which severity it has: forms of one tap and a few words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.offered import offer
from incidents.forms.fields import line, words
from incidents.forms.verbs import VerbForm
from incidents.lifecycle import exits
from incidents.lifecycle.triage import Pick, example_of, guide, questions, reasons_to_wait

OTHER = "other"


class DeclineForm(VerbForm):
    reason = words(
        _("Why is it no incident?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say why it is no incident.")},
    )


class DeferForm(VerbForm):
    to = line(_("For which release does it wait?"), limit=exits.RELEASE_LIMIT, required=False)
    reason = words(
        _("Why can it wait?"), limit=1000, rows=2, error_messages={"required": _("Say why it can wait.")}
    )

    def __init__(self, *args: Any, why: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("to", exits.release_of(self.incident))
        chosen = dict(enumerate(reasons_to_wait(self.incident)))
        if why.isdecimal() and len(why) < 4 and int(why) in chosen:
            self.initial["reason"] = chosen[int(why)]


class DuplicateForm(VerbForm):
    """`pick` is one of those that it is likely to be; `other` names any."""

    pick = forms.ChoiceField(label=_("Which one is it?"), widget=forms.RadioSelect, required=False)
    other = line(_("Another one"), limit=40, required=False)
    reason = words(_("How do you know?"), limit=1000, required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].widget.attrs["placeholder"] = "INC-42"
        self.known = exits.suggestions(self.incident, self.reader)
        choices = [(one.ref, f"{one.ref} {one.title} ({one.get_status_display()})") for one in self.known]
        if choices:
            offer(self, "pick", [*choices, (OTHER, _("Another one, named below"))])
        else:
            del self.fields["pick"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        pick, other = found.pop("pick", ""), found.pop("other", "").strip()
        if self.errors:
            return found
        named = other if other and pick in ("", OTHER) else pick if pick != OTHER else ""
        field = "other" if named == other or "pick" not in self.fields else "pick"
        if not named:
            self.add_error(field, _("Name the incident that goes on, such as INC-42."))
            return found
        try:
            found["of"] = exits.original(self.reader, named if not named.isdecimal() else f"INC-{named}")
        except forms.ValidationError as error:
            self.add_error(field, error.messages[0])
        return found

    def add_error(self, field: str | None, error: Any) -> None:
        """What the verb says about `of` belongs beside the field that named it."""
        if isinstance(error, forms.ValidationError) and "of" in getattr(error, "error_dict", {}):
            field, error = "other", error.error_dict["of"]
        super().add_error(field, error)


class CloseForm(VerbForm):
    text = words(_("Anything left to say?"), required=False, rows=2)


class AssessForm(VerbForm):
    """`pick` names a severity and, behind a colon, the example of it that fits: `CRITICAL:0`."""

    pick = forms.CharField(
        max_length=60, widget=forms.HiddenInput, error_messages={"required": _("Choose one of these.")}
    )
    why = forms.IntegerField(min_value=0, max_value=100, widget=forms.HiddenInput, required=False)
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, why: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("why", why)
        self.initial.setdefault("seen", self.incident.severity.key)
        self.guide = guide(self.incident)
        self.severities = [severity for severity, _examples in self.guide]

    def clean_pick(self) -> Pick:
        found = example_of(self.severities, self.cleaned_data["pick"])
        if found is None:
            raise forms.ValidationError(
                _("This incident's process has no such severity. Choose one of these.")
            )
        return found

    def facts(self) -> dict[str, Any]:
        pick: Pick = self.cleaned_data["pick"]
        asked = dict(enumerate(question.text for question in questions(self.incident)["use"]))
        said = [
            asked.get(self.cleaned_data["why"] if self.cleaned_data["why"] is not None else -1, ""),
            pick.example,
        ]
        seen = next((one for one in self.severities if one.key == self.cleaned_data["seen"]), None)
        reason = ": ".join(words for words in said if words)
        # On a story told afterwards the form also asks when it was.
        when = {"at": self.cleaned_data["at"]} if "at" in self.cleaned_data else {}
        return {"severity": pick.severity, "reason": reason, "seen": seen, **when}
