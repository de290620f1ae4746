"""What a watch and the counts say to the claims "zero errors" and "stable" of a message (K75, K76): numbers alone."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from foundation.written import utc
from hotfixes.checks.watched import Counted, Reckoned, by_source
from hotfixes.models import Tally, Watch
from hotfixes.watch import feeds, judging, known, sampling
from hotfixes.watch.feeds import Feed
from hotfixes.watch.rows import watches
from incidents.clocks.clocks import span
from incidents.messages.claims import Finding, register_claim
from incidents.models import Incident
from monitoring.models import StatusChange
from monitoring.states import State

# What was not counted yet in the last minutes does not make a day's count worthless.
LATELY = timedelta(minutes=30)


def zero_errors(incident: Incident, subject: str, now: datetime) -> Finding | None:
    """None counted by any source, of all the time since the deployment, and no monitor speaks against it; None: nobody
    counts. A monitor that counts and could not be read leaves it open, whoever else has counted none.
    """
    watch = _watch(incident, subject)
    if watch is None:
        return None
    since, rows = watch.kept_from, known.counted(incident, watch.product_id, watch.kept_from, now)
    read = [one for one in feeds.feeds(watch, now) if one.kind == Tally.Kind.ERRORS]
    found = by_source(rows, Tally.Kind.ERRORS, deployed_at=since, needed=max(since, now - LATELY))
    facts: dict[str, Any] = {
        "deployed_at": utc(since),
        "counted": [_fact(one) for one in rows[-20:]],
        "monitors": [_read(one) for one in read],
    }
    if fault := _fault(watch, now):
        down = {"name": sampling.name_of(fault.target), "at": _at(incident, fault.at)}
        return Finding(False, _("%(name)s was down at %(at)s.") % down, {**facts, "down_at": utc(fault.at)})
    if not rows and not read:
        return None
    if against := _unread(incident, feeds.worst(read), since):
        return Finding(False, against, facts)
    if not found:
        return Finding(False, _("Nobody has counted errors since the deployment."), facts)
    # Any that were counted speak against it; else whoever knows most of the time.
    one = max(found, key=lambda each: (each.count, each.whole, each.until))
    shown, why = _said(incident, one, since)
    return Finding(shown, why, {**facts, "errors": one.count, "until": utc(one.until), "source": one.source})


def _said(incident: Incident, found: Reckoned, since: datetime) -> tuple[bool, str]:
    words: dict[str, Any] = {
        "n": found.count,
        "since": _at(incident, since),
        "until": _at(incident, found.until),
        "source": found.source or found.by or "–",
    }
    if found.count:
        return False, _("%(n)s errors from %(since)s to %(until)s (%(source)s).") % words
    if not found.whole:
        return False, _("Errors were not counted all the time: until %(until)s (%(source)s).") % words
    return True, _("0 errors from %(since)s to %(until)s (%(source)s).") % words


def _unread(incident: Incident, found: Feed | None, since: datetime) -> str:
    """What a monitor that counts says against it; "" if nothing."""
    if found is None:
        return ""
    words: dict[str, Any] = {"n": found.count, "source": found.name, "since": _at(incident, since)}
    if found.count and found.until:
        words["until"] = _at(incident, found.until)
        return _("%(n)s errors from %(since)s to %(until)s (%(source)s).") % words
    if found.count:
        return _("%(n)s errors since %(since)s (%(source)s).") % words
    if not found.spans:
        return _("%(source)s has read no number of errors since the deployment.") % words
    start, end = found.unread or (since, since)
    words |= {"since": _at(incident, start), "until": _at(incident, end)}
    return _("Nobody could read the errors from %(since)s to %(until)s (%(source)s).") % words


def _read(one: Feed) -> dict[str, Any]:
    spans = [{"from": utc(start), "to": utc(end)} for start, end in one.spans[-10:]]
    return {"monitor": one.name, "slug": one.slug, "errors": one.count, "read": spans}


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
