"""Quick beginnings of a new product: what a process says of its products, as links that fill in the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Team
from foundation.text import asked
from products.models import Process, Product
from products.setup.proposal import proposal


@dataclass(frozen=True)
class Pick:
    """`links` are (name, address)."""

    process: Process
    links: list[tuple[str, str]]


def picks(teams: Sequence[Team]) -> list[Pick]:
    """Per process, the products it names that `teams` do not have yet."""
    there = Product.objects.active().filter(team__in=teams)
    found = []
    for process in Process.objects.exclude(current=None).select_related("current"):
        names = [known.name for known in proposal(process).products]
        links = [(name, _address(process, name)) for name in names if not there.named(name).exists()]
        if links:
            found.append(Pick(process, links))
    return found


def _address(process: Process, name: str) -> str:
    return f"{reverse('create_product')}?{urlencode({'process': process.key, 'product': name})}"


def prefilled(request: HttpRequest) -> dict[str, Any]:
    """What `?process=` and `?product=` fill in; what nobody knows is left out."""
    process = Process.objects.exclude(current=None).filter(key=asked(request, "process")).first()
    if process is None:
        return {}
    offered = proposal(process)
    name = asked(request, "product")
    known = offered.product([name]) if name else None
    return {
        "process": process.key,
        "first_release": offered.first_release,
        **({"name": known.name, "aliases": "\n".join(known.aliases)} if known else {"name": name}),
    }
