"""Step 3: who is told, who decides, where people meet (K132–K135, K137, K138)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from products.contacts import add_contact, remove_contact
from products.models import Contact, Product, RoleHolder
from products.role_holders import list_for_role, move_up, roles_of, unlist
from products.setup.proposal import proposal
from products.setup.sections import PEOPLE, Item, Section, SetupForm

EVERYBODY = "team"


@dataclass(frozen=True)
class Row:
    """One role of the process, or a group in words (`role` is empty), as the form asks for it."""

    number: int
    role: str
    label: str
    decides: bool
    duties: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    row: Row
    who: BoundField
    address: BoundField | None
    deputy: BoundField | None

    @property
    def opened(self) -> bool:
        """Whether the folded address must be seen."""
        return bool(self.address and (self.address.errors or self.address.value()))


class PeopleForm(SetupForm):
    template = "products/setup_people.html"

    call = forms.URLField(
        label=_("Where you meet for what cannot wait"),
        required=False,
        max_length=400,
        assume_scheme="https",
        help_text=_("The address of a call that is always open, such as https://meet.example.org/emergency."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, product: Product, user: User) -> None:
        super().__init__(data, product=product, user=user)
        self.rows = rows_of(product)
        self.urgent = proposal(product.process).urgent
        self.contacts = list(product.contacts.select_related("user"))
        self.holders = list(RoleHolder.objects.filter(product=product).select_related("user"))
        team = User.objects.filter(is_active=True, memberships__team=product.team_id).order_by("name", "pk")
        self.people = {str(person.pk): person for person in team}
        # Who has left the team is shown where they stand, so that saving takes nobody away unseen.
        standing = [holder.user for holder in self.holders] + [c.user for c in self.contacts if c.user]
        self.gone = {str(person.pk): person for person in standing if str(person.pk) not in self.people}
        self.initial["call"] = product.call
        for row in self.rows:
            self._ask(row)

    def _ask(self, row: Row) -> None:
        told, listed = self.contact(row), self.listed(row)
        who = str(told.user_id or "") if told else ""
        persons = [(pk, str(person)) for pk, person in self.people.items()]
        left = [pk for pk in self.gone if pk in {who, *listed}]
        persons += [(pk, _("%(person)s, no longer in the team") % {"person": self.gone[pk]}) for pk in left]
        begun = self.contacts or self.holders
        alone = next(iter(self.people)) if len(self.people) == 1 and not begun else ""
        if row.decides:
            choices = [("", _("Nobody yet")), *persons]
            self._choose(f"who_{row.number}", row.label, choices, listed[0] if listed else who or alone)
            deputies = [("", _("Nobody")), *persons]
            self._choose(f"deputy_{row.number}", _("Stands in"), deputies, listed[1] if listed[1:] else "")
            return
        everybody = (EVERYBODY, _("Everybody in the team who responds"))
        self._choose(
            f"who_{row.number}", row.label, [("", _("Nobody by name")), everybody, *persons],
            EVERYBODY if told and told.whole_team else who or ("" if told else alone),
        )  # fmt: skip
        self.fields[f"address_{row.number}"] = forms.EmailField(
            label=_("Or a mail address for %(role)s") % {"role": row.label},
            required=False,
            initial=told.address if told else "",
        )

    def _choose(self, name: str, label: Any, choices: list[Any], initial: str) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label, choices=choices, required=False, initial=initial,
            error_messages={"invalid_choice": _("Choose somebody of this product's team.")},
        )  # fmt: skip

    def shown(self) -> list[Shown]:
        names = self.fields
        return [
            Shown(
                row,
                self[f"who_{row.number}"],
                self[f"address_{row.number}"] if f"address_{row.number}" in names else None,
                self[f"deputy_{row.number}"] if f"deputy_{row.number}" in names else None,
            )
            for row in self.rows
        ]

    def contact(self, row: Row) -> Contact | None:
        """The first contact for this role or of this name: the one that set-up changes."""
        for contact in self.contacts:
            same = contact.label.casefold() == row.label.casefold()
            if (row.role and contact.role == row.role) or (same and not contact.role):
                return contact
        return None

    def listed(self, row: Row) -> list[str]:
        return [str(holder.user_id) for holder in self.holders if holder.role == row.role]

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        for row in self.rows:
            who = facts.get(f"who_{row.number}")
            if who and facts.get(f"address_{row.number}"):
                self.add_error(f"address_{row.number}", _("Choose one: the person above, or this address."))
            if row.decides and who and who == facts.get(f"deputy_{row.number}"):
                self.add_error(f"deputy_{row.number}", _("Somebody else stands in."))
        return facts

    def save(self) -> None:
        for row in self.rows:
            if row.decides:
                self._list(row)
            self._tell(row)
        if self.product.call != self.cleaned_data["call"]:
            self.product.call = self.cleaned_data["call"]
            self.product.save(update_fields=["call"])

    def _tell(self, row: Row) -> None:
        who, address = (
            self.cleaned_data[f"who_{row.number}"],
            self.cleaned_data.get(f"address_{row.number}", ""),
        )
        present = self.contact(row)
        person = self.people.get(who) or self.gone.get(who)
        if present and (present.user_id, present.address, present.whole_team) == (
            person.pk if person else None, address, who == EVERYBODY,
        ):  # fmt: skip
            return
        if present:
            remove_contact(present, by=self.user)
        if who or address:
            add_contact(
                self.product, by=self.user, role=row.role, label=row.label,
                user=person, address=address, whole_team=who == EVERYBODY,
            )  # fmt: skip

    def _list(self, row: Row) -> None:
        """The person first, who stands in second; who else is listed stays behind them."""
        wanted = [
            who for name in ("who", "deputy") if (who := self.cleaned_data[f"{name}_{row.number}"])
        ]  # fmt: skip
        shown = self.listed(row)[:2]
        for holder in [h for h in self.holders if h.role == row.role]:
            if str(holder.user_id) in shown and str(holder.user_id) not in wanted:
                unlist(holder, by=self.user)
        for place, who in enumerate(wanted):
            holders = RoleHolder.objects.filter(product=self.product, role=row.role)
            known = holders.filter(user=who).first()
            if known is None and who not in self.people:
                continue  # has left, and was only told: stays a contact, decides nothing
            holder = known or list_for_role(self.product, role=row.role, user=self.people[who], by=self.user)
            while list(holders.order_by("position").values_list("pk", flat=True)).index(holder.pk) > place:
                move_up(holder, by=self.user)


def rows_of(product: Product) -> list[Row]:
    """Those the process wants told, in its order, then roles that decide and are not among them."""
    roles = {role.key: role for role in roles_of(product)}
    told = [(key if key in roles else "", label) for key, label in proposal(product.process).tell]
    deciding = [(role.key, role.label) for role in roles.values() if role.decides]
    asked = [*told, *(each for each in deciding if each[0] not in dict(told))]
    return [
        Row(
            number, key, label,
            decides=bool(key) and roles[key].decides,
            duties=roles[key].responsibilities if key else (),
        )
        for number, (key, label) in enumerate(asked)
    ]  # fmt: skip


def _told(product: Product) -> bool:
    return product.contacts.exists()


def _decided(product: Product) -> bool:
    """Every role that decides has somebody who may sign in and is in the team."""
    wanted = {role.key for role in roles_of(product) if role.decides}
    team = User.objects.filter(is_active=True, memberships__team=product.team_id)
    held = RoleHolder.objects.filter(product=product, user__in=team).values_list("role", flat=True)
    return wanted <= set(held)


SECTION = Section(
    "people",
    PEOPLE,
    10,
    (
        Item("contacts", _("Who is told"), _("Nobody is named yet, so everybody who responds is told."), _told),
        Item("deciders", _("Who decides"), _("Nobody may decide between hotfix and rollback yet."), _decided),
    ),
    PeopleForm,
)  # fmt: skip
