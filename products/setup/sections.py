"""The registry: which steps there are, what each asks for, and what of a product is set up.

A section is a part of one step's form. An item is one of the things that "3 of 7 set up" counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from products.models import Product


class SetupForm(forms.Form):
    """A section's fields, prefilled. `save` calls verbs and may raise ValidationError by field.

    `act` runs after everything of the step is stored and committed: what speaks to the network, asked for by a button.
    """

    template: ClassVar[str] = ""

    def __init__(self, data: Mapping[str, Any] | None, *, product: Product, user: User) -> None:
        self.product, self.user = product, user
        super().__init__(data)

    def save(self) -> None:
        raise NotImplementedError

    def act(self, request: HttpRequest) -> bool:
        """True when the person wants to stay on this page, because the button did something here."""
        return False


@dataclass(frozen=True)
class Item:
    """`missing` says what is not as it could be while it is not done: a whole sentence for the person."""

    key: str
    label: Any
    missing: Any
    done: Callable[[Product], bool]


@dataclass(frozen=True)
class Section:
    key: str
    step: str
    order: int
    items: tuple[Item, ...]
    form: type[SetupForm] | None = None


@dataclass(frozen=True)
class Step:
    """`number` counts from 1, the page of the product's own facts."""

    key: str
    number: int
    title: Any
    lead: Any
    sections: list[Section] = field(default_factory=list)


PRODUCT, PLACES, PEOPLE, MONITORS, REPOSITORY = "product", "places", "people", "monitors", "repository"
STEPS = (
    (PRODUCT, _("The product"), ""),
    (PLACES, _("Parts and places"), _("What it is built of and where it runs. All of it can be changed later.")),
    (PEOPLE, _("Who is told"), _("Who hears of an incident, and who decides what is done about it.")),
    (MONITORS, _("What is watched"), _("Nightdesk looks by itself and opens an incident when something is down.")),
    (REPOSITORY, _("Where its code is"), _("A hotfix’s list ticks itself from what people push. Nothing is pushed.")),
)  # fmt: skip
_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Puts `section` on its step. A second one of that key stops the start."""
    if _sections.get(section.key, section) != section:
        raise ImproperlyConfigured(f"two set-up sections called {section.key}")
    _sections[section.key] = section


def steps() -> list[Step]:
    """All steps in order, each with its sections in theirs."""
    ordered = sorted(_sections.values(), key=lambda section: section.order)
    return [
        Step(key, number, title, lead, [section for section in ordered if section.step == key])
        for number, (key, title, lead) in enumerate(STEPS, 1)
    ]


@dataclass(frozen=True)
class Standing:
    """One item of one product."""

    item: Item
    step: str
    done: bool
    settled: bool


@dataclass(frozen=True)
class Progress:
    standings: list[Standing]

    @property
    def count(self) -> int:
        return sum(1 for each in self.standings if each.done or each.settled)

    @property
    def total(self) -> int:
        return len(self.standings)

    @property
    def missing(self) -> list[Standing]:
        return [each for each in self.standings if not each.done and not each.settled]

    @property
    def complete(self) -> bool:
        return not self.missing


def progress(product: Product) -> Progress:
    """How far `product` is set up."""
    return Progress(
        [
            Standing(item, step.key, item.done(product), item.key in product.settled)
            for step in steps()
            for section in step.sections
            for item in section.items
        ]
    )


def item_keys() -> set[str]:
    return {item.key for section in _sections.values() for item in section.items}
