"""What earlier times tell of a way back: how long going back took, when it was tried last, how well the target ran."""

import statistics
from datetime import datetime
from typing import TypedDict

from django.db.models import Q

from foundation.written import utc
from hotfixes.models import Rollback
from hotfixes.rollback.releases import Span
from incidents.glance import once
from incidents.models import Incident, Mode, Status
from monitoring.models import StatusChange
from monitoring.states import State
from products.models import Product

MOST = 1_000


class Took(TypedDict):
    """Seconds from the beginning of a rollback until the version before ran; `n` of them."""

    n: int
    median_s: int
    worst_s: int


class Drill(TypedDict):
    at: str
    took_s: int
    ref: str


class Ran(TypedDict):
    """How long the target was in production, and what went wrong in that time. `since`: the last time it came out."""

    since: str
    until: str
    seconds: int
    incidents: int
    downs: int


def done(incident: Incident, product: Product) -> list[Rollback]:
    """Those of `product` that got there, the newest first; asked once for a page."""
    rows = Rollback.objects.filter(product=product, back_at__isnull=False).select_related("incident")
    needed = rows.only("option_key", "started_at", "back_at", "incident__number", "incident__mode")
    return once(incident, f"done.{product.pk}", lambda: list(needed.order_by("-back_at")[:MOST]))


def took(done: list[Rollback], option: str) -> Took | None:
    """Of real ones; None without any."""
    times = [took_s(one.started_at, one.back_at) for one in _of(done, option, Mode.LIVE)]
    if not times:
        return None
    return {"n": len(times), "median_s": round(statistics.median(times)), "worst_s": max(times)}


def drill(done: list[Rollback], option: str) -> Drill | None:
    """The last time it was tried."""
    tried = _of(done, option, Mode.DRILL)
    if not tried:
        return None
    last = tried[0]
    return {
        "at": utc(last.back_at or last.started_at),
        "took_s": took_s(last.started_at, last.back_at),
        "ref": last.incident.ref,
    }


def ran(product: Product, version: str, times: list[Span], incident: Incident) -> Ran | None:
    """None where no deployment tells when it ran. This incident is not counted: it is about what came after."""
    mine = [(one.since, one.until) for one in times if one.version == version and one.until]
    if not mine:
        return None
    spans = [(since, until) for since, until in mine if until]
    seconds = sum((until - since).total_seconds() for since, until in spans)
    within, happened = Q(pk__in=[]), Q(pk__in=[])
    for since, until in spans:
        within |= Q(detected_at__gte=since, detected_at__lt=until)
        happened |= Q(at__gte=since, at__lt=until)
    others = Incident.objects.filter(within, product=product, mode=Mode.LIVE).exclude(pk=incident.pk)
    others = others.exclude(status__in=[Status.DECLINED, Status.DUPLICATE])
    downs = StatusChange.objects.filter(happened, target__monitor__product=product, state=State.DOWN)
    since, until = spans[-1]
    return {
        "since": utc(since),
        "until": utc(until),
        "seconds": round(seconds),
        "incidents": others.count(),
        "downs": downs.count(),
    }


def _of(done: list[Rollback], option: str, mode: Mode) -> list[Rollback]:
    return [one for one in done if one.option_key == option and one.incident.mode == mode]


def took_s(started_at: datetime, back_at: datetime | None) -> int:
    """Seconds from the beginning of a rollback until the version before ran."""
    return max(0, round(((back_at or started_at) - started_at).total_seconds()))
