"""A product's set-up asks what to watch: what its process names (A33–A35), and any address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.access import allowed
from accounts.models import User
from foundation.text import plain_text
from monitoring.add import add
from monitoring.forms import MonitorForm
from monitoring.models import Kind, Monitor
from products.models import Product
from products.setup.proposal import proposal
from products.setup.sections import MONITORS, Item, Section, SetupForm

BLANKS = 2
EVERY = {"5 min": 300, "1 min": 60, "15 min": 900, "1 h": 3600, "60 min": 3600}


@dataclass(frozen=True)
class Row:
    """`written` is what the source watches, and where; empty for an address of one's own."""

    number: int
    kind: str
    name: str
    written: str = ""
    interval_s: int = 60

    @property
    def may_be_pushed(self) -> bool:
        return bool(self.kind) and self.kind != Kind.HTTP


@dataclass(frozen=True)
class Shown:
    row: Row
    target: BoundField
    pushed: BoundField | None


class MonitorsSetup(SetupForm):
    template = "monitoring/set_up.html"

    def __init__(self, data: Mapping[str, Any] | None, *, product: Product, user: User) -> None:
        super().__init__(data, product=product, user=user)
        self.there = list(Monitor.objects.present().filter(product=product).order_by("name"))
        self.may_add = allowed(user, "add_monitor", product)
        self.rows = _rows(product, {monitor.name.casefold() for monitor in self.there})
        for row in self.rows:
            target = forms.CharField(
                label=row.name or _("An address"), max_length=2000, required=False, validators=[plain_text]
            )
            target.widget.attrs.update(
                {
                    "inputmode": "url" if not row.kind else "text",
                    "autocapitalize": "none",
                    "spellcheck": "false",
                }
            )
            self.fields[f"target_{row.number}"] = target
            if row.may_be_pushed:
                self.fields[f"pushed_{row.number}"] = forms.BooleanField(
                    label=_("A script on that host sends it"), required=False
                )

    def shown(self) -> list[Shown]:
        return [
            Shown(
                row,
                self[f"target_{row.number}"],
                self[f"pushed_{row.number}"] if row.may_be_pushed else None,
            )
            for row in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        self.wanted: list[tuple[int, MonitorForm]] = []
        for row in self.rows:
            target = (self.cleaned_data.get(f"target_{row.number}") or "").strip()
            pushed = self.cleaned_data.get(f"pushed_{row.number}")
            if target and pushed:
                self.add_error(
                    f"target_{row.number}", _("Choose one: this address, or a script that sends it.")
                )
            elif target or pushed:
                self._want(row, target)
        return self.cleaned_data

    def _want(self, row: Row, target: str) -> None:
        """Checked by the form that adds any monitor."""
        kind = row.kind or (Kind.SUMMARY if target.startswith("/") or target.endswith(".json") else Kind.HTTP)
        facts = {
            "kind": kind, "target": target, "name": row.name, "product": self.product.slug,
            "interval_s": row.interval_s, "opens_incident": "on",
        }  # fmt: skip
        form = MonitorForm(facts, products=Product.objects.filter(pk=self.product.pk))
        if form.is_valid():
            self.wanted.append((row.number, form))
            return
        for problems in form.errors.values():
            self.add_error(f"target_{row.number}", problems)

    def save(self) -> None:
        if self.wanted and not self.may_add:
            raise ValidationError(_("Only a manager of the team adds a monitor."))
        for number, form in self.wanted:
            facts = form.facts()
            try:
                with transaction.atomic():
                    add(facts.pop("product"), by=self.user, kind=form.cleaned_data["kind"], **facts)
            except ValidationError as error:
                raise ValidationError({f"target_{number}": error.messages}) from None


def _rows(product: Product, there: set[str]) -> list[Row]:
    offered = proposal(product.process)
    hosts = {key: ", ".join(place.hosts) or place.name for key, place in offered.hosts.items()}
    rows = [
        Row(
            number,
            Kind(monitor["kind"]),
            monitor["label"],
            _written(monitor["target"], hosts.get(monitor.get("host") or "", "")),
            EVERY.get(monitor.get("every") or "", 60),
        )
        for number, monitor in enumerate(offered.monitors)
        if monitor["label"].casefold() not in there
    ]
    return rows + [Row(len(offered.monitors) + blank, "", "") for blank in range(BLANKS)]


def _written(target: str, host: str) -> str:
    return f"{target} · {host}" if host and host not in target else target


def _watched(product: Product) -> bool:
    return Monitor.objects.present().filter(product=product).exists()


SECTION = Section(
    "monitors",
    MONITORS,
    10,
    (Item("monitors", lazy("What is watched"), lazy("Nothing is watched, so people notice first."), _watched),),
    MonitorsSetup,
)  # fmt: skip
