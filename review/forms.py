"""What people type into a report. `facts()` are the keyword arguments of the verb."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.offered import offer, offer_rows
from incidents.forms.fields import MomentField, line, words
from incidents.forms.verbs import members
from incidents.models import Incident
from review.documents import asked_actions
from review.models import ActionItem, ActionKind

LINK = 500


class AnswerForm(forms.Form):
    """The answer to one question; its label is the question."""

    text = words("", limit=20_000, rows=5, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def facts(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "seen": self.cleaned_data["seen"]}


class ScheduleForm(forms.Form):
    meets_at = MomentField(
        label=_("When do you meet?"),
        required=True,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Say when you meet.")},
    )
    attendees = line(_("Who comes?"), limit=300, required=False)
    link = line(_("Link of the call"), limit=LINK, required=False)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ActionForm(forms.Form):
    """`seen` is the revision that was looked at; 0 for a new one, whose `key` makes a second tap harmless."""

    text = line(
        _("What is to be done?"), limit=300, error_messages={"required": _("Say what is to be done.")}
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ActionKind.choices)
    owner = forms.ModelChoiceField(
        label=_("Who does it?"),
        queryset=User.objects.none(),
        error_messages={
            "required": _("Choose somebody."),
            "invalid_choice": _("Choose somebody who can read this report."),
        },
    )
    due = forms.DateField(
        label=_("Until when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("Say until when."), "invalid": _("Give a day, such as 2026-11-28.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, incident: Incident, item: ActionItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            same = {name: getattr(item, name) for name in ("text", "kind", "due")}
            kwargs["initial"] = {**same, "owner": item.owner_id, "seen": item.revision}
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4().hex)
        offer_rows(self, "owner", owners(incident))
        offer(self, "kind", kinds(incident))

    def facts(self) -> dict[str, Any]:
        facts = {name: self.cleaned_data[name] for name in ("text", "kind", "owner", "due")}
        return facts | ({"seen": self.cleaned_data["seen"]} if self.cleaned_data.get("seen") else {})


class ReasonForm(forms.Form):
    """Why: it is dropped, opened again, or needs no change."""

    reason = words(
        _("Why?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say why: the next reader was not there.")},
    )

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ShareForm(forms.Form):
    where = line(
        _("Where did you share it?"), limit=200, error_messages={"required": _("Say where you shared it.")}
    )
    url = line(_("Link, if there is one"), limit=LINK, required=False)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ReviewForm(forms.Form):
    """`seen` is what was read: an answer that changed since is read again first."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def owners(incident: Incident) -> Any:
    """The people of the team; of a private incident those who take part."""
    people = members(incident)
    if incident.private:
        people = people.filter(pk__in=incident.participants.values("user"))
    return people


def kinds(incident: Incident) -> list[tuple[str, str]]:
    """Those that the process asks for first, then the others."""
    asked = [one.kind for one in asked_actions(incident)]
    rest = [kind for kind in ActionKind.values if kind not in asked]
    return [(kind, str(ActionKind(kind).label)) for kind in [*dict.fromkeys(asked), *rest]]
