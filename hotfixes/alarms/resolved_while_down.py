"""Resolved, and a monitor of its product is down: nobody says so but the two together."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hotfixes.alarms.contradiction import Contradiction, tell
from incidents import glance
from incidents.models import Incident, Status, TimelinePayload
from incidents.models.incident import IncidentQuerySet
from monitoring.models import Target
from monitoring.states import State
from products.vocabulary import EventKind

KEY: Final = "resolved_while_down"
# What goes down this soon after counts as well.
AGAIN: Final = timedelta(minutes=30)


def of_incident(incident: Incident) -> list[Contradiction]:
    if incident.status != Status.RESOLVED or incident.resolved_at is None:
        return []
    return _while_down(incident, glance.targets_of(incident, glance.now(incident)))


def of_incidents(incidents: IncidentQuerySet, most: int) -> list[tuple[Incident, list[Contradiction]]]:
    """Of those of `incidents` that are resolved, the latest first. One query where nothing is down, two otherwise."""
    resolved = incidents.filter(status=Status.RESOLVED)
    down = Target.objects.down().filter(
        monitor__enabled=True, monitor__product__in=resolved.order_by().values("product")
    )
    targets: dict[int, list[Target]] = {}
    for target in down.select_related("monitor").order_by("pk"):
        targets.setdefault(target.monitor.product_id, []).append(target)
    if not targets:
        return []
    rows = resolved.filter(product__in=targets).select_related("product").order_by("-resolved_at")
    found = [(one, _while_down(one, targets[one.product_id])) for one in rows[:most]]
    return [(incident, said) for incident, said in found if said]


def _while_down(incident: Incident, targets: Iterable[Target]) -> list[Contradiction]:
    """`targets`: of its product. Down then, or soon after; later it is another story."""
    if incident.resolved_at is None:
        return []
    return [
        Contradiction(
            KEY,
            _mark(incident.resolved_at, one.monitor.slug, one.key),
            _("The incident is resolved, but monitor %s is down.") % one.monitor.name,
            (f"{one.monitor.name}: {one.said or '–'}",),
            _("Reopen the incident, or declare a new one if this is something else."),
        )
        for one in targets
        if one.state == State.DOWN
        and one.monitor.enabled
        and one.since
        and one.since <= incident.resolved_at + AGAIN
    ]


def tell_all(seconds: float = 0.3) -> int:
    """Resolved incidents whose product is down, as far as nobody was told; to how many it was told. For the ticker:
    one query where nothing is down, three otherwise. After `seconds` no other one is begun: the rest is for the next
    round.
    """
    told, until = 0, time.monotonic() + seconds
    for key in _untold():
        with transaction.atomic():
            rows = Incident.objects.select_for_update(of=("self",), skip_locked=True).for_page()
            incident = rows.filter(pk=key, status=Status.RESOLVED).first()
            if incident and (found := of_incident(incident)):
                tell(incident, found)
                told += 1
        if time.monotonic() >= until:
            break
    return told


def _untold() -> list[int]:
    """Incidents that may have such a contradiction of which their timelines do not know yet, the newest first."""
    # From what is down to the incidents, not the other way: of 1,600 resolved ones and 400 monitors that took 100 ms.
    down = Target.objects.present().filter(state=State.DOWN, monitor__enabled=True)
    rows = down.values_list("monitor__product", "monitor__slug", "key", "since")
    targets: dict[int, list[tuple[str, str, datetime]]] = {}
    for product, slug, key, since in rows:
        if since:
            targets.setdefault(product, []).append((slug, key, since))
    if not targets:
        return []
    first = min(since for found in targets.values() for _slug, _key, since in found)
    resolved = Incident.objects.real().filter(
        status=Status.RESOLVED, product__in=targets, resolved_at__gte=first - AGAIN
    )
    marks = {
        (pk, _mark(resolved_at, slug, key))
        for pk, product, resolved_at in resolved.values_list("pk", "product", "resolved_at")
        for slug, key, since in targets[product]
        if resolved_at and since <= resolved_at + AGAIN
    }
    if not marks:
        return []
    entries = TimelinePayload.objects.filter(
        event__incident__in={pk for pk, _said in marks},
        event__kind=EventKind.CHECK_CHANGED,
        body__contains=KEY,
    )
    known = {
        (one.event.incident_id, str(one.data.get("contradiction", {}).get("mark")))
        for one in entries.select_related("event")
    }
    return sorted({pk for pk, _said in marks - known}, reverse=True)


def _mark(resolved_at: datetime, slug: str, key: str) -> str:
    return f"{KEY} {resolved_at.isoformat()} {slug} {key}"
