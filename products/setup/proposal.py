"""What a process proposes to a product that adopts it: its `setup` and `contacts` sections, as set-up reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from products.models import Process, Product


@dataclass(frozen=True)
class Place:
    """An environment; `note` is what the source leaves open about it (A44)."""

    name: str
    kind: str
    hosts: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Part:
    slug: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Known:
    """A product that the process speaks of, with the other names it gives it (C8)."""

    name: str
    aliases: list[str]
    parts: list[str]


@dataclass(frozen=True)
class Proposal:
    """`tell` has (role or "", label) in the source's order; `monitors` are the document's own mappings."""

    first_release: str = ""
    products: list[Known] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    monitors: list[dict[str, Any]] = field(default_factory=list)
    tell: list[tuple[str, str]] = field(default_factory=list)
    channel: str = ""
    urgent: str = ""
    # The places by their keys in the document, as its monitors name them.
    hosts: dict[str, Place] = field(default_factory=dict)

    def product(self, names: list[str]) -> Known | None:
        """The one that goes by any of `names`, in any case."""
        wanted = {name.casefold() for name in names}
        for known in self.products:
            if wanted & {known.name.casefold(), *(alias.casefold() for alias in known.aliases)}:
                return known
        return None

    def of(self, product: Product) -> Known | None:
        return self.product([product.name, *product.aliases])


def proposal(process: Process) -> Proposal:
    """Of the current version; versions stored before a section existed lack it."""
    document = process.current.document if process.current else {}
    setup, contacts = document.get("setup") or {}, document.get("contacts") or {}
    places = {each["key"]: _place(each) for each in setup.get("environments") or []}
    return Proposal(
        first_release=setup.get("first_release") or "",
        products=[_known(each) for each in setup.get("products") or []],
        parts=[Part(each["key"], each["label"], each.get("note") or "") for each in setup.get("components") or []],
        places=list(places.values()),
        hosts=places,
        monitors=list(setup.get("monitors") or []),
        tell=[_told(each) for each in contacts.get("tell") or []],
        channel=contacts.get("channel") or "",
        urgent=_text(contacts.get("urgent")),
    )  # fmt: skip


def _place(each: dict[str, Any]) -> Place:
    return Place(each["label"], each["kind"], list(each.get("hosts") or []), each.get("note") or "")


def _known(each: dict[str, Any]) -> Known:
    tag_name = [each["tag_name"]] if each.get("tag_name") else []
    return Known(each["name"], [*(each.get("aliases") or []), *tag_name], list(each.get("components") or []))


def _told(each: dict[str, Any]) -> tuple[str, str]:
    return each.get("role") or "", each.get("label") or each.get("role") or ""


def _text(value: Any) -> str:
    return str(value.get("text", "") if isinstance(value, dict) else value or "")
