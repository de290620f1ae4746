"""Step 2: components and environments, as the process proposes them (A43, A44, K17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.offered import offer
from foundation.text import plain_text
from products.components import set_components
from products.environments import add_environment, change_environment, remove_environment
from products.models import Environment, Product
from products.setup import settling
from products.setup.proposal import Place, proposal
from products.setup.sections import PLACES, Item, Section, SetupForm
from products.vocabulary import EnvironmentKind

MOST_ROWS = 200
ITEM = "places"


class Row(forms.Form):
    """One environment; an empty name is none. `pk` is that of a stored one."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=80, required=False, validators=[plain_text])
    kind = forms.ChoiceField(
        label=_("Kind"), choices=EnvironmentKind.choices, initial=EnvironmentKind.PRODUCTION
    )
    hosts = forms.CharField(
        label=_("Hosts"),
        max_length=2000,
        required=False,
        validators=[plain_text],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    note = ""


class PlacesForm(SetupForm):
    template = "products/setup_places.html"

    parts = forms.MultipleChoiceField(
        label=_("Components"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The parts that are built and delivered by themselves."),
    )  # fmt: skip
    more = forms.CharField(
        label=_("Other components"), required=False, max_length=2000, validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 2}), help_text=_("One on each line."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None, *, product: Product, user: User) -> None:
        super().__init__(data, product=product, user=user)
        self.proposal = proposal(product.process)
        offered = [(part.slug, part.name) for part in self.proposal.parts]
        offer(self, "parts", offered)
        if not offered:
            del self.fields["parts"]
        stored = {part.slug: part.name for part in product.components.all()}
        self.initial["parts"] = list(stored) or self._usual()
        self.initial["more"] = "\n".join(name for slug, name in stored.items() if slug not in dict(offered))
        self.environments = {place.pk: place for place in product.environments.all()}
        self.rows = self._sent(data) if data is not None else self._proposed()

    def _usual(self) -> list[str]:
        """The parts of the product that the process means by this name; all where it speaks of no product."""
        if ITEM in self.product.settled:
            return []
        known = self.proposal.of(self.product)
        if known:
            return known.parts
        return [] if self.proposal.products else [part.slug for part in self.proposal.parts]

    def _sent(self, data: Mapping[str, Any]) -> list[Row]:
        numbers = [number for number in range(MOST_ROWS) if f"{number}-name" in data]
        return [Row(data, prefix=str(number), auto_id="place_%s") for number in numbers]

    def _proposed(self) -> list[Row]:
        initials = places_offered(list(self.environments.values()), self._offered_places())
        rows = []
        for number, (pk, place) in enumerate([*initials, (None, Place("", EnvironmentKind.STAGING))]):
            facts = {"pk": pk, "name": place.name, "kind": place.kind, "hosts": ", ".join(place.hosts)}
            row = Row(prefix=str(number), initial=facts, auto_id="place_%s")
            row.note = place.note
            rows.append(row)
        return rows

    def _offered_places(self) -> list[Place]:
        """Only until somebody has said which of them there are."""
        return [] if ITEM in self.product.settled else self.proposal.places

    def clean(self) -> dict[str, Any]:
        for row in self.rows:
            row.is_valid()
            row.note = next((p.note for p in self.proposal.places if p.name == row["name"].value()), "")
        if any(row.errors for row in self.rows):
            raise ValidationError(_("Something is wrong with an environment: see below."))
        return self.cleaned_data

    def save(self) -> None:
        set_components(self.product, self._components(), by=self.user)
        # Renames first, then what is new: a name that becomes free may be used again.
        rows = sorted(self.rows, key=lambda row: not row.cleaned_data.get("pk"))
        for row in [
            *(r for r in rows if r.cleaned_data["name"]),
            *(r for r in rows if not r.cleaned_data["name"]),
        ]:
            try:
                with transaction.atomic():
                    self._store(row.cleaned_data)
            except ValidationError as error:
                for name, messages in error.message_dict.items():
                    row.add_error(name if name in row.fields else "name", messages)
                raise ValidationError(_("Something is wrong with an environment: see below.")) from None
        settling.note(self.product, ITEM)

    def _components(self) -> list[tuple[str, str]]:
        chosen = self.cleaned_data.get("parts") or []
        offered = [(part.slug, part.name) for part in self.proposal.parts if part.slug in chosen]
        return offered + [("", line) for line in self.cleaned_data["more"].splitlines() if line.strip()]

    def _store(self, facts: dict[str, Any]) -> None:
        present = self.environments.get(facts["pk"] or 0)
        named = {"name": facts["name"], "kind": facts["kind"], "hosts": facts["hosts"].split(",")}
        if present and facts["name"]:
            change_environment(present, by=self.user, **named)
        elif present:
            remove_environment(present, by=self.user)
        elif facts["name"]:
            add_environment(self.product, by=self.user, **named)


def places_offered(stored: list[Environment], offered: list[Place]) -> list[tuple[int | None, Place]]:
    """What there is, each with its pk, then what the process proposes besides.

    A proposed place of the same name fills in what is not known. The Production that every product begins with takes
    the name that the process has for where users are.
    """
    rows: list[tuple[int | None, Place]] = []
    left = list(offered)
    for place in stored:
        match = next((each for each in left if each.name.casefold() == place.name.casefold()), None)
        if match is None and len(stored) == 1 and place.slug == "production" and not place.hosts:
            match = next((each for each in left if each.kind == place.kind), None)
        if match:
            left.remove(match)
        match = match or Place(place.name, place.kind)
        rows.append((place.pk, Place(match.name, place.kind, place.hosts or match.hosts, match.note)))
    return rows + [(None, place) for place in left]


def _done(product: Product) -> bool:
    return product.components.exists() or product.environments.count() > 1


SECTION = Section(
    "places",
    PLACES,
    10,
    (Item(ITEM, _("Parts and places"), _("Say what it is built of and where it runs."), _done),),
    PlacesForm,
)
