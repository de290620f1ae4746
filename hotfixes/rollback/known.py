"""What a judge of a way back is told, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from hotfixes.models import Preview
from hotfixes.rollback.releases import Release
from incidents.models import Incident
from products.models import Product
from products.vocabulary import Verdict


@dataclass(frozen=True)
class Seen:
    """`looked_at`: when it was so; it moves with every look and is no part of what is known."""

    verdict: str
    summary: str
    looked_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return str(Verdict(self.verdict).label)


@dataclass(frozen=True)
class Way:
    """What the judges know: the option as data, what runs, what one goes back to, and what going back undoes."""

    incident: Incident
    product: Product
    option: Mapping[str, Any]
    running: Release | None
    target: Release | None
    preview: Preview | None
    now: datetime
    artifact: str = ""
    takes_back: tuple[str, ...] = ()

    @cached_property
    def words(self) -> dict[str, str]:
        return {
            "target": self.target.version if self.target else _("the version before"),
            "running": self.running.version if self.running else _("what runs now"),
        }


def unknown(summary: str, looked_at: datetime | None = None, **facts: Any) -> Seen:
    return Seen(Verdict.UNKNOWN, summary, looked_at, facts)
