"""What is said when a role changes hands."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.offered import offer_rows
from incidents.forms.fields import words
from incidents.forms.verbs import VerbForm, members
from incidents.roles.holding import RoleView


class RoleForm(VerbForm):
    """Knows the role too. `facts()` are what the verb takes besides incident and role."""

    def __init__(self, *args: Any, view: RoleView, **kwargs: Any) -> None:
        self.view = view
        super().__init__(*args, **kwargs)


class ClaimForm(RoleForm):
    """One tap; only an administrator who is not listed for a role that decides must say why."""

    reason = words(_("Why do you take it?"), limit=1000, rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.view.may_break_glass:
            del self.fields["reason"]


class HandOverForm(RoleForm):
    user = forms.ModelChoiceField(
        label=_("To whom?"),
        queryset=User.objects.none(),
        error_messages={
            "invalid_choice": _("Choose somebody of this team."),
            "required": _("Choose somebody."),
        },
    )
    note = words(
        _("Where do things stand?"),
        limit=1000,
        rows=3,
        error_messages={"required": _("Say where things stand: the next one was not there.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = members(self.incident).exclude(pk=self.reader.pk)
        if self.view.decides:
            people = people.filter(pk__in=[user.pk for user in self.view.deputies])
        offer_rows(self, "user", people)

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        return {"to": found.pop("user"), **found}


class GiveUpForm(RoleForm):
    note = words(_("Why?"), limit=1000, rows=2, required=False)
