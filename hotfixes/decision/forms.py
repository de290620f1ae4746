"""The second tap of a decision: the reason, and for a deferral the release."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.offered import offer
from hotfixes.decision.options import options
from hotfixes.decision.proposing import Cause, Confidence
from hotfixes.models import Choice
from incidents.forms.fields import line, words
from incidents.forms.retold import when
from incidents.forms.verbs import VerbForm
from incidents.lifecycle import exits
from incidents.models import Incident, Mode
from products.contacts import responders


def _named(way: dict[str, Any]) -> str:
    name = f"{way['rank']}. {way['title']}"
    return name if way["fits"] else gettext("%(name)s (not for this product)") % {"name": name}


class DecideForm(forms.Form):
    """`choice` and `option` come from the first tap; `seen` is what was shown, `instead_of` what it replaces."""

    choice = forms.ChoiceField(
        choices=Choice.choices,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose first."),
            "invalid_choice": _("There is no such choice. Go back."),
        },
    )
    option = forms.ChoiceField(label=_("How?"), widget=forms.RadioSelect, required=False)
    to = line(_("For which release does it wait?"), limit=exits.RELEASE_LIMIT, required=False)
    reason = words(
        _("Why?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Say why: the next reader was not there.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    revisit = forms.BooleanField(label=_("Tell me to look at it again in 15 minutes"), required=False)
    emergency = forms.BooleanField(widget=forms.HiddenInput, required=False)
    instead_of = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=9999)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = str(self["choice"].value() or "")
        ways = options(incident) if chosen == Choice.ROLLBACK else []
        if ways:
            offer(self, "option", [(way["key"], _named(way)) for way in ways])
            fit = [way["key"] for way in ways if way["fits"]]
            self.initial.setdefault("option", fit[0] if len(fit) == 1 else "")
        else:
            del self.fields["option"]
        if incident.mode == Mode.RETROSPECTIVE:
            self.fields["at"] = when(incident)
        if chosen == Choice.DEFER:
            self.initial.setdefault("to", exits.release_of(incident))
        else:
            del self.fields["to"]

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "instead_of": self.cleaned_data["instead_of"] or 0}


class ProposeForm(VerbForm):
    """What one would do: the choice, how sure, why, and whether the cause is known."""

    choice = forms.ChoiceField(
        label=_("What would you do?"), choices=Choice.choices, widget=forms.RadioSelect
    )
    option = forms.ChoiceField(label=_("Which way back?"), required=False)
    text = line(_("Why, in a line?"), error_messages={"required": _("Say why in a line.")})
    confidence = forms.ChoiceField(
        label=_("How sure are you?"),
        choices=Confidence.choices,
        widget=forms.RadioSelect,
        initial=Confidence.LIKELY,
    )
    cause = forms.ChoiceField(
        label=_("Is the cause known?"),
        choices=[("", _("I don't say")), *Cause.choices],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(way["key"], _named(way)) for way in options(self.incident)]
        if ways:
            offer(self, "option", [("", _("The first that fits")), *ways])
        else:
            del self.fields["option"]

    def facts(self) -> dict[str, Any]:
        """A way back is no part of another choice."""
        facts = super().facts()
        return facts if facts["choice"] == Choice.ROLLBACK else {**facts, "option": ""}


class AskForm(forms.Form):
    """`to` is chosen among those who work on it and those who respond."""

    text = words(
        _("What do you want to know?"),
        limit=1000,
        rows=2,
        error_messages={"required": _("Ask something first.")},
    )
    to = forms.ModelChoiceField(label=_("Whom do you ask?"), queryset=User.objects.none(), required=False)
    about = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, incident: Incident, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = set(incident.participants.values_list("user", flat=True))
        if not incident.private:
            may |= {user.pk for user in responders(incident.product)}
        to = cast("forms.ModelChoiceField[User]", self.fields["to"])
        to.queryset = User.objects.filter(pk__in=may - {reader.pk}, is_active=True).order_by("name", "pk")
        leads = gettext("Whoever leads (%s)") % incident.lead if incident.lead else ""
        to.empty_label = leads or gettext("Whoever responds")


class AnswerForm(forms.Form):
    text = words(
        _("Your answer"), limit=1000, rows=2, error_messages={"required": _("Answer something first.")}
    )
