"""The form of a status update: how it stands, and which channels hear it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from foundation.offered import offer
from incidents.forms.fields import words
from incidents.forms.verbs import VerbForm
from incidents.messages import gone, letters, rhythm
from notifications.models import Audience, Channel


class UpdateForm(VerbForm):
    text = words(lazy("How does it stand?"), limit=2000, rows=3)
    channels = forms.TypedMultipleChoiceField(
        label=lazy("Who hears it?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = letters.fitting(self.incident, for_users=True)
        news = gone.said(self.incident)
        if news:
            self.initial.setdefault("text", rhythm.standing(self.incident))
            if not gone.reaches_users(self.incident):
                said = _("No channel leads to users: tell them your way. This stands on the timeline.")
                self.fields["text"].help_text = said
        if not found:
            del self.fields["channels"]
            return
        offer(self, "channels", [(one.pk, _label(one)) for one in found])
        users = rhythm.for_users(self.incident) or bool(news)
        inside = Audience.INTERNAL
        self.initial.setdefault("channels", [one.pk for one in found if users or one.audience == inside])
        self.fields["channels"].help_text = _("None chosen: it stands on the timeline only.")
        if letters.unreal(self.incident):
            self.fields["channels"].help_text = _("Drill: nothing leaves.")

    def facts(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "channels": self.cleaned_data.get("channels", [])} | (
            {"at": self.cleaned_data["at"]} if "at" in self.cleaned_data else {}
        )


def _label(channel: Channel) -> str:
    whom = _("users read it") if channel.audience == Audience.USERS else _("inside the team")
    return f"{channel.name} ({whom})"
