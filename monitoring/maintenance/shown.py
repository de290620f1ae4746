"""Windows as pages say them: which, since when, how long, on whose clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch

from accounts.models import User
from monitoring.maintenance.forms import TAPS
from monitoring.models import Maintenance, MaintenanceAct, Monitor, Phase
from monitoring.models.maintenance import MaintenanceQuerySet
from products.models import Product

# Of one product or monitor on its page; the list has all of them.
MOST = 5


@dataclass(frozen=True)
class Window:
    """A window at a moment. `by` set it, "" for nobody known; `zone` is that of the product's team."""

    window: Maintenance
    phase: Phase
    by: str
    chosen: list[Monitor]
    zone: str

    @property
    def title(self) -> str:
        """What it is for: the product, or some of its monitors by name."""
        names = ", ".join(monitor.name for monitor in self.chosen)
        return f"{self.window.product.name}: {names}" if names else self.window.product.name

    @property
    def word(self) -> str:
        return str(self.phase.label)

    @property
    def is_on(self) -> bool:
        return self.phase == Phase.ACTIVE

    @property
    def is_open(self) -> bool:
        """Whether something about it can still be changed."""
        return self.phase in (Phase.PLANNED, Phase.ACTIVE)

    @property
    def is_whole(self) -> bool:
        """Of the whole product: alerts of other tools are held back."""
        return not self.chosen

    @property
    def clocks_change(self) -> bool:
        """In between: on the team's clocks it looks longer or shorter than it is."""
        return clocks_change(self.window.starts_at, self.window.ends_at, self.zone)


def clocks_change(start: datetime, end: datetime, zone: str) -> bool:
    place = ZoneInfo(zone)
    return start.astimezone(place).utcoffset() != end.astimezone(place).utcoffset()


def with_all(rows: MaintenanceQuerySet) -> MaintenanceQuerySet:
    """With what `windows` reads of them; four queries for any number."""
    acts = MaintenanceAct.objects.select_related("by")
    chosen = Monitor.objects.order_by("name", "pk")
    return rows.select_related("product__team").prefetch_related(
        Prefetch("acts", queryset=acts), Prefetch("monitors", queryset=chosen)
    )


def windows(rows: Iterable[Maintenance], now: datetime) -> list[Window]:
    return [shown(row, now) for row in rows]


def shown(row: Maintenance, now: datetime) -> Window:
    """Wants a row of `with_all`."""
    first = next(iter(row.acts.all()), None)
    zone = row.product.team.time_zone
    return Window(row, row.phase(now), first.signature if first else "", list(row.monitors.all()), zone)


def on_now(user: User | AnonymousUser, now: datetime) -> list[Window]:
    """What is in maintenance, of all that `user` may see; those that end first, first."""
    rows = Maintenance.objects.visible_to(user).holding(now).order_by("ends_at", "pk")
    return windows(with_all(rows)[:20], now)


def of_product(product: Product, now: datetime, monitor: Monitor | None = None) -> list[Window]:
    """What is on, then what is planned; of a `monitor` only what covers it."""
    rows = Maintenance.objects.filter(cancelled_at=None, ends_at__gt=now)
    rows = rows.covering(monitor.pk, product.pk) if monitor else rows.filter(product=product)
    return windows(with_all(rows.distinct().order_by("starts_at", "pk"))[:MOST], now)


def taps(product: Product, monitor: Monitor | None = None) -> dict[str, object]:
    """What monitoring/maintenance/taps.html asks for."""
    return {"product": product, "monitor": monitor, "minutes": TAPS, "key": uuid4().hex}
