"""What to read, and by which process."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.access import has_role, teams_of
from accounts.models import Role, Team, User
from foundation.offered import offer_rows
from hotfixes.audit import asking
from hotfixes.models.audit import MOST_TAGS
from incidents.forms.fields import line
from products.models import Process, Product


class AuditForm(forms.Form):
    url = line(_("Address of the repository"), limit=500)
    process = forms.ModelChoiceField(Process.objects.none(), label=_("Process"), empty_label=None)
    limit = forms.IntegerField(label=_("How many production tags"), min_value=1, max_value=MOST_TAGS)
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Who sees it besides you"), required=False, empty_label=_("Nobody")
    )
    tag = line(_("How production tags are named"), limit=200, required=False)
    product = line(_("Product, as its tags call it"), limit=60, required=False)
    token = line(_("Token"), limit=500, required=False, widget=forms.PasswordInput(render_value=False))
    username = line(_("Name that belongs to the token"), limit=100, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        processes = Process.objects.exclude(current=None)
        offer_rows(self, "process", processes)
        teams = [team for team in teams_of(user) if has_role(user, team, Role.RESPONDER)]
        known = teams_of(user).filter(pk__in=[team.pk for team in teams])
        offer_rows(self, "team", known)
        own = Product.objects.filter(team__in=teams).active().first()
        self.initial.setdefault("process", own.process_id if own else processes.first())
        self.initial.setdefault("limit", 20)
        if len(teams) == 1:
            self.initial.setdefault("team", teams[0].pk)
        for name in ("url", "tag", "product", "username", "token"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        self.fields["url"].widget.attrs |= {
            "inputmode": "url",
            "placeholder": "https://git.example.com/team/app.git",
        }

    def clean_url(self) -> str:
        try:
            return asking.address(self.cleaned_data["url"])
        except ValidationError as error:
            raise ValidationError(error.message_dict["url"]) from None

    @property
    def more_open(self) -> bool:
        """Whether something below the fold needs eyes, or holds what was typed."""
        names = ("team", "tag", "product", "token", "username")
        return any(self[name].errors or (name != "team" and self[name].value()) for name in names)
