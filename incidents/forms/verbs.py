"""One small form per verb that needs words. `facts()` are the keyword arguments of the verb."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import has_role
from accounts.models import Membership, Role, User
from foundation.offered import offer, offer_rows
from incidents.forms.fields import MomentField, UploadField, line, words
from incidents.models import Incident
from incidents.roles.holding import LEAD, lead_role, roles_of
from products.models import Environment, Severity


class VerbForm(forms.Form):
    """What every verb's form knows: the incident and who acts."""

    def __init__(self, *args: Any, incident: Incident, user: User, **kwargs: Any) -> None:
        self.incident, self.reader = incident, user
        super().__init__(*args, **kwargs)

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with something that is not on the page is said above the form."""
        if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                self.add_error(name, ValidationError(errors))
            return
        hidden = field is not None and (field not in self.fields or self[field].is_hidden)
        super().add_error(None if hidden else field, error)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    @property
    def typed(self) -> str:
        """What the person wrote, to be kept when the verb comes too late."""
        return str(self.data.get("text") or self.data.get("reason") or "")


class NoteForm(VerbForm):
    text = words(_("Note"), rows=2, required=False)
    file = UploadField()
    at = MomentField(label=_("When was it? Leave empty for now"))
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4().hex)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.cleaned_data["text"] and not self.cleaned_data["file"]:
            self.add_error("text", _("Write something first."))
        return self.cleaned_data


class SeverityForm(VerbForm):
    severity = forms.ModelChoiceField(
        label=_("Severity"),
        queryset=Severity.objects.none(),
        to_field_name="key",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("This incident's process has no such severity. Choose one of these.")
        },
    )
    reason = words(
        _("Why?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say why: the next reader was not there.")},
    )

    seen = forms.ModelChoiceField(
        queryset=Severity.objects.none(), to_field_name="key", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = Severity.objects.filter(version=self.incident.process_version_id)
        for name in ("severity", "seen"):
            offer_rows(self, name, choices)
            self.initial.setdefault(name, self.incident.severity.key)


class MitigateForm(VerbForm):
    text = words(_("What contains the damage?"), required=False, rows=2)


class ResolveForm(VerbForm):
    text = words(_("What ended it?"), required=False, rows=2)


class ReopenForm(VerbForm):
    reason = words(
        _("What came back?"), limit=1000, rows=2, error_messages={"required": _("Say what came back.")}
    )


class BreakGlassForm(VerbForm):
    reason = words(
        _("Why must you read it?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say why you must read this.")},
    )


class AssignForm(VerbForm):
    role = forms.ChoiceField(label=_("Role"))
    user = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.none(),
        error_messages={"invalid_choice": _("Choose somebody of this team.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manages = has_role(self.reader, self.incident.product.team_id, Role.MANAGER)
        roles = {LEAD: lead_role()} | {role.key: role for role in roles_of(self.incident)}
        # One that decides is a manager's to give.
        given = [(key, role.label) for key, role in roles.items() if manages or not role.decides]
        offer(self, "role", given)
        offer_rows(self, "user", members(self.incident))


def members(incident: Incident) -> QuerySet[User]:
    """Everybody of the team: a product owner may be listed for a role and only read otherwise."""
    team = Membership.objects.filter(team=incident.product.team_id).values("user")
    return User.objects.filter(is_active=True, pk__in=team).order_by("name", "pk")


class DescribeForm(VerbForm):
    title = line(_("What is broken?"))
    impact = words(_("Who is affected, and how?"), required=False)
    users_affected = forms.IntegerField(
        label=_("People affected (number)"), required=False, min_value=0, max_value=10**12
    )
    users_estimated = forms.BooleanField(label=_("The number is an estimate"), required=False)
    users_source = line(_("How was it counted?"), required=False)
    workaround = words(_("Workaround"), required=False, rows=2)
    environment = forms.ModelChoiceField(
        label=_("Environment"), queryset=Environment.objects.none(), required=False
    )
    affected_version = line(_("Version affected"), limit=80, required=False)
    reported_at = MomentField(label=_("Reported to us at"))
    security = forms.BooleanField(label=_("Security is concerned"), required=False)
    data_loss = forms.BooleanField(label=_("Data is lost or damaged"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.initial.setdefault(name, getattr(self.incident, name))
        environments = Environment.objects.filter(product=self.incident.product_id)
        offer_rows(self, "environment", environments)

    def clean_reported_at(self) -> datetime | None:
        """What nobody touched stays, to the microsecond."""
        typed: datetime | None = self.cleaned_data["reported_at"]
        was = self.incident.reported_at
        return was if was and typed == was.replace(microsecond=0) else typed
