"""What a watch and the counts say to the claims "zero errors" and "stable" of a message (K75, K76): numbers alone."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from foundation.shapes import utc
from hotfixes.checks.watched import Counted, reckon
from hotfixes.models import Watch
from hotfixes.watch import judging, known, sampling
from hotfixes.watch.rows import watches
from incidents.claims import Finding, register_claim
from incidents.clocks import span
from incidents.models import Incident
from monitoring.models import StatusChange
from monitoring.states import State

# What was not counted yet in the last minutes does not make a day's count worthless.
LATELY = timedelta(minutes=30)


def zero_errors(incident: Incident, subject: str, now: datetime) -> Finding | None:
    """A count of none, of all the time since the deployment, that no monitor speaks against; None: nobody counts."""
    watch = _watch(incident, subject)
    if watch is None:
        return None
    since, rows = watch.kept_from, known.counted(incident, watch.product_id)
    found = reckon(rows, "errors", deployed_at=since, needed=max(since, now - LATELY))
    facts: dict[str, Any] = {"deployed_at": utc(since), "counted": [_fact(one) for one in rows[-20:]]}
    if fault := _fault(watch, now):
        down = {"name": sampling.name_of(fault.target), "at": _at(incident, fault.at)}
        return Finding(False, _("%(name)s was down at %(at)s.") % down, {**facts, "down_at": utc(fault.at)})
    if found is None:
        return Finding(False, _("Nobody has counted errors since the deployment."), facts) if rows else None
    words: dict[str, Any] = {
        "n": found.count,
        "since": _at(incident, since),
        "until": _at(incident, found.until),
    }
    words["source"] = found.source or found.by or "–"
    facts |= {"errors": found.count, "until": utc(found.until), "source": found.source}
    if found.count:
        return Finding(False, _("%(n)s errors from %(since)s to %(until)s (%(source)s).") % words, facts)
    if not found.whole:
        return Finding(
            False, _("Errors were not counted all the time: until %(until)s (%(source)s).") % words, facts
        )
    return Finding(True, _("0 errors from %(since)s to %(until)s (%(source)s).") % words, facts)


def stable(incident: Incident, subject: str, now: datetime) -> Finding | None:
    """Not while the watch is not over, or failed; whether the day was quiet the monitors' history says."""
    watch = _watch(incident, subject)
    if watch is None or watch.state in (Watch.State.MET, Watch.State.STOPPED):
        return None
    found = judging.measured(watch, now)
    if found.complete_at and found.complete_at <= now and watch.state == Watch.State.RUNNING:
        return None
    facts = {"counted_s": round(found.counted_s), "least_s": watch.least_s, "restarts": watch.restarts}
    if watch.state == Watch.State.FAILED:
        return Finding(False, _("The watch failed."), facts)
    words = {"done": span(found.counted_s), "least": span(watch.least_s)}
    return Finding(False, _("The watch is not over: %(done)s of %(least)s.") % words, facts)


def _watch(incident: Incident, subject: str) -> Watch | None:
    found = watches(incident)
    mine = [one for one in found if subject and one.remedy == subject] or found
    return mine[0] if mine else None


def _fault(watch: Watch, now: datetime) -> StatusChange | None:
    """A confirmed one since the time counts, or a while after the deployment."""
    since = watch.counts_from or watch.kept_from + timedelta(minutes=5)
    first = (watch.facts.get("failures") or [{}])[0].get("at")
    since = min(since, datetime.fromisoformat(first)) if first else since
    targets = [target.pk for target in sampling.targets_of(watch)]
    rows = StatusChange.objects.filter(target__in=targets, state=State.DOWN, at__gte=since, at__lte=now)
    return rows.select_related("target__monitor").order_by("at", "pk").first()


def _fact(one: Counted) -> dict[str, Any]:
    return {
        "kind": one.kind, "count": one.count, "since": utc(one.since), "until": utc(one.until), "source": one.source,
    }  # fmt: skip


def _at(incident: Incident, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(incident.product.team.time_zone)):%d %b %H:%M %Z}"


register_claim("zero_errors", zero_errors)
register_claim("stable", stable)
