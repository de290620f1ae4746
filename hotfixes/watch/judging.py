"""Judging the watches that run: gaps make them longer, a failure begins the count anew, enough of it ends them.

As every sweep: the incident's row first, skipping one that somebody holds; what is decided and what the timeline says
of it are one transaction, so that a death in between changes nothing, and the next round does it.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from foundation import moment, rounds
from foundation.crash import crashpoint
from hotfixes.models import Watch
from hotfixes.watch import opening, sampling
from hotfixes.watch.course import course, recovered_at
from hotfixes.watch.shapes import Course, Failure, Rule
from incidents import glance
from incidents.clocks import timing
from incidents.lifecycle import watch as process
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident, Status
from incidents.work.report import REPORTED_IN
from monitoring.models import StatusChange
from monitoring.states import State
from products.vocabulary import EventKind as Kind

EVERY: Final = timedelta(seconds=15)
# After it was met a relapse is looked for less often.
SELDOM: Final = timedelta(seconds=60)
# Gaps that are shorter together are shown, and no entry of the timeline.
NOTABLE_S: Final = 60
# What happened shortly before the failure belongs to it.
BEFORE: Final = timedelta(minutes=15)


def judge_due(limit: int = 50) -> int:
    """Up to `limit` watches that are due; returns for how many something was recorded."""
    due = Watch.objects.filter(look_at__lte=moment.now()).order_by("look_at")
    return rounds.each("watches", sorted(set(due.values_list("incident_id", flat=True)[:limit])), _judge)


def next_due() -> datetime | None:
    rows = Watch.objects.filter(look_at__isnull=False).order_by("look_at")
    return rows.values_list("look_at", flat=True).first()


def _judge(pk: int) -> int:
    with transaction.atomic():
        rows = Incident.objects.select_for_update(skip_locked=True, of=("self",)).for_page()
        incident = rows.filter(pk=pk).first()
        if incident is None:
            return 0
        crashpoint("watch.claimed")
        now = moment.now()
        due = incident.watches.filter(look_at__lte=now).select_related("product").order_by("pk")
        told = sum(_one(incident, watch, now) for watch in list(due))
        crashpoint("watch.told")
    crashpoint("watch.committed")
    return told


def _one(incident: Incident, watch: Watch, now: datetime) -> bool:
    if watch.state != Watch.State.RUNNING:
        return _look_back(incident, watch, now)
    if incident.status not in REPORTED_IN:
        watch.state, watch.ended_at, watch.look_at = Watch.State.STOPPED, now, None
        watch.save()
        return False
    if watch.counts_from is None:
        return _wait(incident, watch, now)
    found = measured(watch, now)
    told = True
    if found.failure:
        _fail(incident, watch, found, found.failure)
    elif found.complete_at and found.complete_at <= now:
        _meet(incident, watch, found, found.complete_at)
        return True
    elif found_new := _gaps_to_tell(watch, found):
        _extend(incident, watch, found, found_new)
    else:
        told = False
    if found.ends_at and not found.failure:
        _clock_follows(watch, found.ends_at)
    ends = found.ends_at if found.ends_at and found.ends_at > now else now + EVERY
    watch.look_at = min(now + EVERY, ends)
    watch.save()
    return told


def measured(watch: Watch, now: datetime) -> Course:
    """How far the watch has come. A handful of queries, once for a page."""
    return glance.once(watch.incident, f"course {watch.pk}", lambda: _course(watch, now))


def _course(watch: Watch, now: datetime) -> Course:
    kept = sampling.samples(watch)
    return course(
        kept,
        sampling.watched(watch, kept),
        rule_of(watch),
        kept_from=watch.kept_from,
        counts_from=watch.counts_from,
        now=watch.ended_at or now,
        not_before=promised_until(watch),
    )


def promised_until(watch: Watch) -> datetime | None:
    """The end of the clock that waits for it: a process may promise more than its watch asks for."""
    if watch.state != Watch.State.RUNNING or watch.counts_from is None:
        return None
    subject = str(watch.facts.get("subject") or "")
    mine = (one for one in glance.clocks_of(watch.incident) if one.measured and one.subject == subject)
    ends = (one.due_at for one in mine if not (one.stopped_at or one.cancelled_at or one.waived_at))
    return max((end for end in ends if end), default=None)


def ends_at(watch: Watch, now: datetime) -> datetime | None:
    """When it is over at the earliest, as the clock says it, which follows what was measured: the same wherever a page
    says it. None where nothing but a person can end it.
    """
    found = measured(watch, now).ends_at
    return (promised_until(watch) or found) if found else None


def _clock_follows(watch: Watch, until: datetime) -> None:
    """While nobody looks the end moves on."""
    subject = str(watch.facts.get("subject") or "")
    for clock in timing.running(watch.incident):
        if clock.measured and clock.subject == subject:
            timing.prolong(clock, until)


def rule_of(watch: Watch) -> Rule:
    return Rule(watch.least_s, watch.coverage, watch.max_gap)


def _about(watch: Watch) -> dict[str, Any]:
    """What every event of a watch carries: of which remedy it is, and that a watch has recorded it."""
    subject = str(watch.facts.get("subject") or "")
    about = {"hotfix": watch.remedy} if watch.remedy and not subject else {}
    return {"subject": subject, "by_watch": True, **about}


def _wait(incident: Incident, watch: Watch, now: datetime) -> bool:
    """The time does not count yet. After a failure it does again from the recovery on, without anybody's help."""
    watch.look_at = now + EVERY
    failed = watch.facts.get("failed")
    if failed:
        since = datetime.fromisoformat(failed["at"]) - BEFORE
        kept = sampling.samples(watch, since)
        well = recovered_at(kept, sampling.watched(watch, kept), rule_of(watch), now)
        if well:
            step = Step(Kind.WATCH_OPENED, REPORTED_IN, process.status_after(incident, Kind.WATCH_OPENED))
            least = str(process.spec(incident).get("for") or "")
            at = max(well, incident.detected_at)
            perform(incident, step, by=None, at=at, least=least, again=watch.restarts, **_about(watch))
            watch.counts_from, watch.extended_s = at, 0
            watch.facts = {**watch.facts, "failed": None, "because": None}
    watch.save()
    return bool(failed and watch.counts_from)


def _fail(incident: Incident, watch: Watch, found: Course, failure: Failure) -> None:
    at = max(failure.at, incident.detected_at)
    step = Step(Kind.WATCH_FAILED, REPORTED_IN, process.status_after(incident, Kind.WATCH_FAILED))
    told: dict[str, Any] = {
        "name": failure.name,
        "flapped": failure.flapped,
        "counted_s": round(found.counted_s),
    }
    perform(incident, step, by=None, at=at, **told, **_about(watch))
    watch.restarts += 1
    watch.counts_from, watch.extended_s = None, 0
    before = [*(watch.facts.get("failures") or []), {**told, "at": at.isoformat()}]
    watch.facts = {**watch.facts, "failed": {**told, "at": at.isoformat()}, "failures": before[-20:]}


def _gaps_to_tell(watch: Watch, found: Course) -> list[Any]:
    """Those that are over and were not told yet, once they are worth an entry."""
    told = str(watch.facts.get("told_until") or "")
    since = watch.counts_from.isoformat() if watch.counts_from else ""
    new = [gap for gap in found.gaps if not gap.open and gap.end.isoformat() > max(told, since)]
    return new if sum(gap.seconds for gap in new) >= NOTABLE_S else []


def _extend(incident: Incident, watch: Watch, found: Course, gaps: list[Any]) -> None:
    total = sum(gap.seconds for gap in found.gaps if not gap.open)
    told = [
        {"from": gap.start.isoformat(), "to": gap.end.isoformat(), "who": list(gap.who[:5])}
        for gap in gaps[-10:]
    ]
    perform(
        incident, Step(Kind.WATCH_EXTENDED, REPORTED_IN), by=None, gaps=told, extended_s=round(total),
        by_s=round(sum(gap.seconds for gap in gaps)),
        until=found.ends_at.isoformat() if found.ends_at else "", **_about(watch),
    )  # fmt: skip
    watch.extended_s = round(total)
    watch.facts = {**watch.facts, "told_until": gaps[-1].end.isoformat()}


def _meet(incident: Incident, watch: Watch, found: Course, at: datetime) -> None:
    told: dict[str, Any] = {
        "counted_s": round(found.counted_s),
        "coverage": round(found.coverage or 0, 1),
        "extended_s": round(found.extended_s),
        "restarts": watch.restarts,
        "watched": list(found.watched[:20]),
    }
    perform(incident, Step(Kind.WATCH_MET, REPORTED_IN), by=None, at=at, **told, **_about(watch))
    watch.state, watch.ended_at = Watch.State.MET, at
    watch.facts = {**watch.facts, "found": told}
    opening.look_again(watch)
    watch.save()


def _look_back(incident: Incident, watch: Watch, now: datetime) -> bool:
    """It was met: whether what was watched has gone down since, before people are told that a day went well."""
    if watch.look_until is None or watch.ended_at is None:
        watch.look_at = None
        watch.save(update_fields=["look_at"])
        return False
    targets = [target.pk for target in sampling.targets_of(watch)]
    rows = StatusChange.objects.filter(target__in=targets, state=State.DOWN, at__gt=watch.ended_at)
    fault = (
        rows.filter(at__lte=watch.look_until).select_related("target__monitor").order_by("at", "pk").first()
    )
    if fault:
        told: dict[str, Any] = {"name": sampling.name_of(fault.target), "relapse": True}
        step = Step(Kind.WATCH_FAILED, tuple(Status), process.status_after(incident, Kind.WATCH_FAILED))
        perform(incident, step, by=None, at=max(fault.at, incident.detected_at), **told, **_about(watch))
        watch.state = Watch.State.FAILED
        watch.facts = {**watch.facts, "relapse": {**told, "at": fault.at.isoformat()}}
        watch.look_until = None
    over = watch.look_until is None or now >= watch.look_until
    watch.look_at = None if over else min(now + SELDOM, watch.look_until or now)
    watch.save()
    return bool(fault)
