"""A person's own report of a deployment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.fields import MomentField, line
from products.models import Deployment, Environment, Product

Stage = Deployment.Stage
STATUSES = [
    (Deployment.Status.SUCCEEDED, _("It went well")),
    (Deployment.Status.STARTED, _("It has begun")),
    (Deployment.Status.FAILED, _("It failed")),
    (Deployment.Status.ROLLED_BACK, _("It was rolled back")),
]
STAGES = [
    ("", _("No store: it goes to servers")),
    (Stage.SUBMITTED, _("Submitted")),
    (Stage.IN_REVIEW, _("In review")),
    (Stage.RELEASED, _("Released")),
    (Stage.HALTED, _("Halted")),
]


class DeploymentForm(forms.Form):
    environment = forms.ModelChoiceField(
        Environment.objects.none(),
        label=_("Where?"),
        to_field_name="slug",
        empty_label=None,
        error_messages={"invalid_choice": _("Choose one of these environments.")},
    )
    version = line(_("Which version?"), limit=80, help_text=_("After a rollback the one that runs again."))
    status = forms.ChoiceField(label=_("How did it go?"), choices=STATUSES, widget=forms.RadioSelect)
    stage = forms.ChoiceField(
        label=_("In a store"),
        choices=STAGES,
        required=False,
        help_text=_("Submitted and in review count as begun: nobody has it yet."),
    )
    percent = forms.IntegerField(
        label=_("To how many percent of the users?"), required=False, min_value=0, max_value=100
    )
    at = MomentField(label=_("When was it? Leave empty for now"))
    git_ref = line(_("From which tag or commit?"), limit=250, required=False)
    url = forms.URLField(
        label=_("Link that shows it"), max_length=1000, required=False, assume_scheme="https"
    )
    hotfix = forms.CharField(widget=forms.HiddenInput, max_length=24, required=False)

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = product.environments.all()
        chosen: forms.ModelChoiceField[Environment] = self.fields["environment"]  # type: ignore[assignment]
        chosen.queryset = places
        first = next((one.slug for one in places if one.kind == "production"), None)
        self.initial.setdefault("environment", first)
        self.initial.setdefault("status", Deployment.Status.SUCCEEDED)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        staged = given.get("stage") in (Stage.RELEASED, Stage.HALTED)
        if given.get("percent") is not None and not staged and "percent" not in self.errors:
            self.add_error("percent", _("Only a release in a store, or a halted one, has a percentage."))
        return given
