"""What earlier times tell of a way back: how long going back took, when it was tried last, how well the target ran."""

import statistics
from datetime import datetime
from typing import TypedDict

from django.db.models import Q

from foundation.shapes import utc
from hotfixes.models import Rollback
from hotfixes.rollback.releases import Span
from incidents.models import Incident, Mode, Status
from monitoring.models import StatusChange
from monitoring.states import State
from products.models import Product

MOST = 200


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


def took(product: Product, option: str) -> Took | None:
    """Of real ones that got there; None without any."""
    times = [_seconds(one) for one in _done(product, option, Mode.LIVE)]
    if not times:
        return None
    return {"n": len(times), "median_s": round(statistics.median(times)), "worst_s": max(times)}


def drill(product: Product, option: str) -> Drill | None:
    """The last time it was tried."""
    done = _done(product, option, Mode.DRILL)
    if not done:
        return None
    last = done[0]
    return {"at": utc(last.back_at or last.started_at), "took_s": _seconds(last), "ref": last.incident.ref}


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


def _done(product: Product, option: str, mode: Mode) -> list[Rollback]:
    """The newest first."""
    rows = Rollback.objects.filter(
        product=product, option_key=option, incident__mode=mode, back_at__isnull=False
    )
    needed = rows.select_related("incident").only("started_at", "back_at", "incident__number")
    return list(needed.order_by("-back_at")[:MOST])


def _seconds(one: Rollback) -> int:
    end: datetime = one.back_at or one.started_at
    return max(0, round((end - one.started_at).total_seconds()))
