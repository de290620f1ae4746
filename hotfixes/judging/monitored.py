"""What the monitors of a hotfix's product see, for the checks: one query."""

from collections.abc import Mapping
from datetime import datetime

from hotfixes.checks.facts import Monitored
from hotfixes.models import Hotfix
from monitoring.models import Target
from monitoring.shown import as_shown
from products.models import Environment

MOST = 200


def monitored(hotfix: Hotfix, now: datetime) -> tuple[Monitored, ...]:
    """Those that are switched on, as may be said at `now`."""
    rows = Target.objects.present().filter(monitor__product=hotfix.product_id, monitor__enabled=True)
    targets = as_shown(list(rows.select_related("monitor").order_by("pk")[:MOST]), now)
    places = list(hotfix.product.environments.all()) if targets else []
    return tuple(
        Monitored(
            one.monitor.name if not one.key else f"{one.monitor.name}: {one}",
            one.state,
            one.since,
            one.monitor.looked_at,
            _kind(places, one),
            one.pk == hotfix.incident.target_id,
        )
        for one in targets
    )


def _kind(places: list[Environment], target: Target) -> str:
    """Of the environment that its monitor names; "" for none."""
    mapping = target.monitor.mapping
    said = target.monitor.expect.get("environment") or (
        mapping.get("environment") if isinstance(mapping, Mapping) else ""
    )
    word = str(said or "").casefold()
    found = (
        one.kind for one in places if word and word in (one.slug.casefold(), one.name.casefold(), one.kind)
    )
    return next(found, "")
