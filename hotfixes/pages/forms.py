"""Forms of a hotfix: to start one, to say that something is so, to go on without it, to give it up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.offered import offer_rows
from incidents.forms.fields import UploadField, line, words
from incidents.forms.verbs import VerbForm
from products.models import Product


class StartForm(VerbForm):
    """All of it may stay empty: the policy and what is deployed say the rest."""

    product = forms.ModelChoiceField(
        label=_("Which product is mended?"),
        queryset=Product.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=None,
        error_messages={"invalid_choice": _("Choose one of these products.")},
    )
    base_tag = line(
        _("Which tag is in production?"),
        limit=250,
        required=False,
        help_text=_("Leave it empty: what was deployed last is taken."),
    )
    slug = line(
        _("Words for the branch"),
        limit=60,
        required=False,
        help_text=_("Small letters and dashes, such as login-loop. Empty: the title's."),
    )
    version = line(
        _("Which version does it bring?"),
        limit=80,
        required=False,
        help_text=_("Empty: the one in production, counted up as the process says."),
    )
    branch = line(
        _("A branch that is there already"),
        limit=250,
        required=False,
        help_text=_("If somebody has begun. Empty: it is called as the process says."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Product.objects.visible_to(self.reader).active().filter(team=self.incident.product.team)
        offer_rows(self, "product", mine.order_by("name"))
        mended = self.incident.hotfixes.open().values("product")
        left = list(mine.exclude(pk__in=mended).order_by("name").values_list("slug", flat=True))
        own = self.incident.product.slug
        self.initial.setdefault("product", own if own in left or not left else left[0])


class LookForm(VerbForm):
    """Which hotfix; none named means all that are open."""

    hotfix = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)


class CheckForm(VerbForm):
    """Which check of which hotfix."""

    hotfix = forms.CharField(widget=forms.HiddenInput, max_length=40)
    check = forms.CharField(widget=forms.HiddenInput, max_length=40)


class AttestCheckForm(forms.Form):
    """`against`: the check says that it is not right; whoever says otherwise says how they know."""

    against = False
    text = words(_("How do you know?"), limit=1000, rows=2, required=False)
    url = line(_("Link that shows it"), limit=500, required=False)
    file = UploadField()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.against and not str(given.get("text") or "").strip() and "text" not in self.errors:
            self.add_error("text", _("The check says that it is not right: say how you know."))
        return given


class WaiveForm(forms.Form):
    reason = words(
        _("Why does it go on without this?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say why: the next reader was not there.")},
    )


class VersionForm(forms.Form):
    """From which version to which."""

    old = line(
        _("Which version does it mend?"), limit=80, help_text=_("The one in production, such as 0.1.0.")
    )
    version = line(
        _("Which version does it bring?"),
        limit=80,
        required=False,
        help_text=_("Empty: that one, counted up as the process says."),
    )


class WithdrawForm(forms.Form):
    reason = words(_("Why is it taken back?"), limit=1000, rows=2, required=False)


class AbandonForm(forms.Form):
    reason = words(
        _("Why is it given up?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say why: the next reader was not there.")},
    )
