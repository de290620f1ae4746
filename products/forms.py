"""What people fill in about products. Bad text is told beside its field and stays in it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import allowed, teams_of
from accounts.models import Team, User
from foundation.offered import offer, offer_rows
from foundation.text import plain_text
from products.in_production import Source, in_production
from products.models import Process, Product
from products.role_holders import roles_of
from products.vocabulary import EnvironmentKind


def _line(label: Any, limit: int, *, required: bool = False, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=required, validators=[plain_text], **options
    )


class ProductForm(forms.Form):
    """Name, process and the rest of a product; `facts` are what the verbs take."""

    name = _line(_("Name"), 80, required=True)
    process = forms.ModelChoiceField(
        label=_("How you work on it"),
        queryset=Process.objects.none(),
        to_field_name="key",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose a process. It decides the severities and the clocks."),
            "invalid_choice": _("There is no such process. Choose one of these."),
        },
    )
    aliases = forms.CharField(
        label=_("Other names"),
        required=False,
        max_length=2000,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One on each line: what people, scripts and app stores call it. Branches and tags are named by the one "
            "that the process uses in tags, if it is among these; else as in the product’s address."
        ),
    )
    first_release = _line(
        _("First release"), 80, help_text=_("Such as v1.0.0. Hotfixes are for what came after it.")
    )
    version = _line(_("Version in production"), 80, help_text=_("Such as 0.1.0."))

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        processes = Process.objects.exclude(current=None).select_related("current")
        offer_rows(self, "process", processes.prefetch_related("current__severities"))
        if product:
            self.initial = {
                "name": product.name,
                "process": product.process.key,
                "aliases": "\n".join(product.aliases),
                "first_release": product.first_release,
                "version": product.version,
            }
            runs = in_production(product)
            if runs.source == Source.DEPLOYMENTS:
                words = _(
                    "By deployments %(version)s is in production. What is entered here counts while nobody has"
                    " reported any."
                )
                self.fields["version"].help_text = words % {"version": runs.version}

    @property
    def more_is_open(self) -> bool:
        """Whether the folded part must be seen: something in it is wrong or filled in."""
        return any(self[name].errors or self[name].value() for name in ("aliases", "first_release"))

    def clean_aliases(self) -> list[str]:
        text: str = self.cleaned_data["aliases"]
        return text.splitlines()


class NewProductForm(ProductForm):
    """Also asks for the team, when the person manages more than one."""

    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        to_field_name="slug",
        error_messages={"invalid_choice": _("Choose one of the teams that you manage.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = [team for team in teams_of(user) if allowed(user, "add_product", team)]
        if len(self.teams) == 1:
            del self.fields["team"]
        else:
            mine = Team.objects.filter(pk__in=[team.pk for team in self.teams]).order_by("name")
            offer_rows(self, "team", mine)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned is not None and "team" not in self.fields:
            cleaned["team"] = self.teams[0]
        return cleaned


class ContactForm(forms.Form):
    """Who is told: one person of the team, an address, or the whole team."""

    role = forms.ChoiceField(label=_("Role"), required=False)
    label = _line(
        _("Called"), 80, help_text=_("Leave it empty to use the role's name. Else such as “Duty phone”.")
    )
    user = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody: use the address below"),
        error_messages={"invalid_choice": _("Choose somebody of this product's team.")},
    )
    address = forms.EmailField(
        label=_("Or a mail address"),
        required=False,
        help_text=_("For a duty mailbox. Whoever reads it can acknowledge by the link in the mail."),
    )
    whole_team = forms.BooleanField(label=_("Or everybody in the team who responds"), required=False)

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        kwargs["auto_id"] = "contact_%s"
        super().__init__(*args, **kwargs)
        offer_rows(self, "user", _members(product))
        offer(self, "role", [("", _("None of the process")), *_roles(product)])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        named = [name for name in ("user", "address", "whole_team") if cleaned.get(name)]
        if not self.errors and len(named) != 1:
            self.add_error("user", _("Choose exactly one: a person, an address, or everybody in the team."))
        return cleaned


class RoleHolderForm(forms.Form):
    """Somebody of the team is listed for a role of the process."""

    role = forms.ChoiceField(
        label=_("Role"),
        error_messages={"invalid_choice": _("The process has no such role. Choose one of these.")},
    )
    user = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.none(),
        error_messages={"invalid_choice": _("Choose somebody of this product's team.")},
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        kwargs["auto_id"] = "holder_%s"
        super().__init__(*args, **kwargs)
        offer(self, "role", _roles(product))
        offer_rows(self, "user", _members(product))


def _members(product: Product) -> QuerySet[User]:
    return User.objects.filter(is_active=True, memberships__team=product.team_id).order_by("name", "pk")


def _roles(product: Product) -> list[tuple[str, str]]:
    return [(role.key, role.label) for role in roles_of(product)]


class EnvironmentForm(forms.Form):
    name = _line(_("Name"), 80, required=True)
    kind = forms.ChoiceField(label=_("Kind"), choices=EnvironmentKind.choices)
