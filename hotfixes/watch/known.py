"""What a hotfix's checks may know of its watch, read from rows."""

from datetime import datetime

from hotfixes.checks.facts import Shown
from hotfixes.checks.watched import Counted, WatchFacts
from hotfixes.models import Hotfix, Tally, Watch
from hotfixes.watch import feeds, judging, smoke
from incidents import glance
from incidents.models import Incident
from monitoring.models import Target
from monitoring.states import State

MOST = 1_000


def of(hotfix: Hotfix) -> Watch | None:
    """The last one of what the hotfix brought out."""
    rows = Watch.objects.filter(
        incident=hotfix.incident_id, product=hotfix.product_id, remedy__in=["", hotfix.ref]
    )
    return rows.select_related("product", "incident").order_by("-kept_from", "-pk").first()


def tried(found: Watch | None) -> tuple[Shown, ...]:
    """What people tried by hand since the deployment."""
    return tuple(smoke.ticks(found)) if found else ()


def tallies(hotfix: Hotfix, found: Watch | None, now: datetime) -> tuple[Counted, ...]:
    """By people, scripts and monitors; what monitors count is read until its watch is over, or until `now`."""
    until = (found.ended_at if found else None) or now
    return tuple(counted(hotfix.incident, hotfix.product_id, found.kept_from if found else None, until))


def counted(incident: Incident, product: int, deployed_at: datetime | None, until: datetime) -> list[Counted]:
    """What people and scripts have told, and what monitors counted from a day before the deployment until `until`."""
    said = glance.once(incident, f"tallies {product}", lambda: told(incident, product))
    return [*said, *feeds.rows(incident, product, deployed_at, until)]


def told(incident: Incident, product: int) -> list[Counted]:
    rows = (
        Tally.objects.filter(incident=incident, product=product).select_related("by").order_by("-pk")[:MOST]
    )
    return [
        Counted(
            one.kind, one.count, one.since, one.until, one.source,
            one.token or (str(one.by) if one.by else ""), not one.token, one.at,
        )
        for one in reversed(rows)
    ]  # fmt: skip


def watch(hotfix: Hotfix, found: Watch | None, now: datetime) -> WatchFacts | None:
    if found is None:
        return None
    course = judging.measured(found, now)
    origin = _origin(hotfix.incident, hotfix.product_id)
    failed = (found.facts.get("failed") or {}).get("name", "")
    return WatchFacts(
        state=found.state,
        kept_from=found.kept_from,
        counts_from=found.counts_from,
        least_s=found.least_s,
        counted_s=course.counted_s,
        coverage=course.coverage,
        ends_at=course.ends_at,
        ended_at=found.ended_at,
        extended_s=course.extended_s,
        restarts=found.restarts,
        why=course.why,
        failed=str(failed),
        said_by=str(found.facts.get("said_by") or ""),
        watched=course.watched,
        origin=origin.monitor.name if origin else "",
        origin_since=origin.since if origin and origin.state == State.UP else None,
    )


def _origin(incident: Incident, product: int) -> Target | None:
    """The monitored target whose outage opened it."""
    rows = Target.objects.select_related("monitor").filter(monitor__product=product)
    return rows.filter(pk=incident.target_id).first() if incident.target_id else None
