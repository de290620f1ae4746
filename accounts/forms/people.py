"""Forms about people, teams and roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import zones
from accounts.models import Membership, Role, Team, User
from foundation.text import plain_text, single_line

ROLE_HELP = _("Viewers read. Responders answer incidents. Managers decide as well. Admins manage the team.")


def _name_field(**attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=80,
        validators=[plain_text, single_line],
        widget=forms.TextInput(attrs=attrs),
    )


def _zone_field(**kwargs: Any) -> forms.ChoiceField:
    first = [("", _("As this device says"))] if not kwargs.get("required", True) else []
    choices = [*first, *((name, name.replace("_", " ")) for name in zones.names())]
    return forms.ChoiceField(label=_("Time zone"), choices=choices, **kwargs)


class AddPersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new person and their first team; `teams` are those in which whoever adds them may do so."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.RESPONDER, help_text=ROLE_HELP)
    name = _name_field(autocomplete="off", autofocus=True)

    class Meta:
        model = User
        fields = ["name", "email"]
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"})}

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = teams

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class EmailForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["email"]
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"})}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class PutInTeamForm(forms.Form):
    """A team that the person is not in yet, and the role there."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.RESPONDER)

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = teams


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Membership
        fields = ["role"]


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Team
        fields = ["name", "time_zone"]

    name = _name_field(autocomplete="off", autofocus=True)

    time_zone = _zone_field(
        initial="UTC", help_text=_("Pages that a team shares print times in this zone, with its name.")
    )


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["name", "time_zone"]

    name = _name_field(autocomplete="name")

    time_zone = _zone_field(required=False, help_text=_("Times are shown to you in this zone."))


class SearchForm(forms.Form):
    """What the list of people is narrowed to: part of a name or an address."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
