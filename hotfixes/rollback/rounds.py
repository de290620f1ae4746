"""What follows by itself on an open rollback: preconditions judged anew, the version before recognised, boxes ticked.

Only the database is asked. For the ticker; one transaction per rollback, the incident locked first.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from foundation import moment
from foundation.crash import crashpoint
from foundation.written import utc_or_none
from hotfixes.models import Rollback, RollbackStep
from hotfixes.preview import asking
from hotfixes.rollback import back, checklist, ending
from hotfixes.rollback.known import Seen
from hotfixes.rollback.ways import preview_data, way
from incidents.lifecycle import watch as process
from incidents.lifecycle.lifecycle import Step, announce, perform
from incidents.models import OPEN, Box, Incident, TimelineEvent
from incidents.work.report import REPORTED_IN
from products.vocabulary import EventKind, Verdict

log = structlog.get_logger(__name__)

AGAIN = timedelta(seconds=15)
MOST = 20
CHANGED = Step(EventKind.CHECK_CHANGED, REPORTED_IN)
_BY_EVENT = {
    checklist.SMOKE: (EventKind.SMOKE_PASSED,),
    checklist.WATCH: (EventKind.WATCH_MET,),
    checklist.TOLD: (EventKind.MESSAGE_SENT,),
}
# By rollback: up to which entry its timeline was looked at, and when. Lost with the process.
_LOOKED: dict[int, tuple[int, datetime]] = {}


def sweep() -> int:
    """Looks at those where something happened, and at each again after some seconds; how many. One query for none."""
    rows = list(Rollback.objects.open().order_by("number").values_list("pk", "incident__timeline_seq"))
    if not rows:
        return 0
    now = moment.now()
    # A clock that was set back makes nothing wait.
    due = [
        pk for pk, seq in rows
        if pk not in _LOOKED or _LOOKED[pk][0] != seq or not now - AGAIN <= _LOOKED[pk][1] <= now
    ]  # fmt: skip
    for pk in due[:MOST]:
        try:
            look(pk)
        except Exception:
            log.exception("rollback.not_looked_at", rollback=pk)
        seq = Incident.objects.filter(rollbacks=pk).values_list("timeline_seq", flat=True).first() or 0
        _LOOKED[pk] = (seq, now)
    return len(due)


@transaction.atomic
def look(pk: int) -> None:
    """One of them. Somebody else's work on its incident is waited for."""
    key = Rollback.objects.values_list("incident", flat=True).get(pk=pk)
    incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=key)
    rollback = Rollback.objects.select_related("product__team", "product__process__current").get(pk=pk)
    if not rollback.is_open:
        return
    rollback.incident = incident
    crashpoint("sweep.rollback_claimed")
    if incident.status not in REPORTED_IN:
        ending.with_incident(rollback)
        announce(incident)
        return
    now = moment.now()
    _recognise(rollback)
    crashpoint("sweep.rollback_recognised")
    changed = _judge(rollback, now) if incident.status in OPEN else False
    ticked = _tick(rollback, now)
    if changed and not ticked:
        announce(incident)
    crashpoint("sweep.rollback_looked")


def _recognise(rollback: Rollback) -> None:
    if rollback.back_at is not None:
        return
    event = back.told(rollback)
    seen = event is None or event.actor_id is None
    if seen and back.left(rollback):
        return  # what was seen of one place says nothing of the others
    found = back.shown(rollback) if seen else None
    if found and (event is None or found.at > event.occurred_at):
        event = back.record(rollback, found)
    if event is not None:
        rollback.back_at = event.occurred_at
        rollback.save(update_fields=["back_at"])


def _judge(rollback: Rollback, now: datetime) -> bool:
    """What must be so, as it is now, for the version that it goes back to, whatever was brought out meanwhile; once
    that runs, nothing of it matters any more.
    """
    if rollback.back_at is not None or not rollback.option_key:
        return False
    asking.ask(rollback.incident, rollback.product)
    chosen = way(rollback.incident, rollback.option_key, now, rollback.product, of=rollback)
    if chosen is None:
        return False
    was = {one["text"]: (one["verdict"], one["summary"]) for one in rollback.preconditions}
    rollback.preconditions = list(chosen["preconditions"])
    changed = {one["text"]: (one["verdict"], one["summary"]) for one in rollback.preconditions} != was
    facts = ["preconditions"]
    preview = preview_data(rollback.product, rollback.from_ref, rollback.to_ref)
    if preview and not rollback.preview_digest:
        rollback.preview, rollback.preview_digest = preview.data, preview.digest
        facts += ["preview", "preview_digest"]
    rollback.save(update_fields=facts)
    return changed


def _tick(rollback: Rollback, now: datetime) -> bool:
    """Boxes whose answer has changed; one entry on the timeline for all of them."""
    told: list[tuple[RollbackStep, Seen]] = []
    events: list[tuple[RollbackStep, TimelineEvent]] = []
    for step in rollback.steps.select_related("done_by_event"):
        if not step.shown_by:
            continue
        if event := _event(rollback, step):
            events += [(step, event)] if step.is_open else []
        elif seen := _seen(rollback, step, now):
            by_us = step.done_by_event is not None and step.done_by_event.actor_id is None
            passes = seen.verdict == Verdict.PASS
            if (passes and step.is_open) or (
                seen.verdict == Verdict.FAIL and step.state == Box.DONE and by_us
            ):
                told.append((step, seen))
    for step, event in events:
        checklist.seen(step, Box.DONE, event)
    if told:
        _tell(rollback, told)
    if events and not told:
        announce(rollback.incident)
    return bool(told or events)


def _tell(rollback: Rollback, told: list[tuple[RollbackStep, Seen]]) -> None:
    checks: list[dict[str, Any]] = [
        {
            "key": step.shown_by,
            "title": step.title,
            "verdict": str(seen.verdict),
            "before": "",
            "summary": seen.summary[:300],
        }
        for step, seen in told
    ]
    event = perform(
        rollback.incident, CHANGED, by=None, hotfix=rollback.ref, rollback=rollback.ref, checks=checks
    )
    for step, seen in told:
        if seen.verdict == Verdict.PASS:
            checklist.seen(step, Box.DONE, event)
        else:
            checklist.left_open(step)


def _event(rollback: Rollback, step: RollbackStep) -> TimelineEvent | None:
    """The entry that ticks a box of what comes afterwards."""
    if step.shown_by == checklist.BACK:
        return back.told(rollback) if rollback.back_at else None
    kinds = _BY_EVENT.get(step.shown_by)
    if kinds is None or rollback.back_at is None:
        return None
    rows = rollback.incident.events.filter(kind__in=kinds, occurred_at__gte=rollback.back_at)
    told = rows.select_related("payload").order_by("seq")
    return next((one for one in told if _speaks_of(rollback, step, one)), None)


def _speaks_of(rollback: Rollback, step: RollbackStep, event: TimelineEvent) -> bool:
    """Not what was found of another remedy, nor what only the house was told."""
    if step.shown_by == checklist.TOLD:
        return not event.redacted and event.data.get("audience") == "users"
    return process.remedy_of(event) in ("", rollback.ref)


def _seen(rollback: Rollback, step: RollbackStep, now: datetime) -> Seen | None:
    if step.part == RollbackStep.Part.BEFORE:
        found = next((one for one in rollback.preconditions if one["text"][:200] == step.title), None)
        return Seen(found["verdict"], found["summary"]) if found else None
    return back.verified(rollback, now) if step.shown_by == checklist.VERIFIED else None


def judged(rollback: Rollback, step: RollbackStep, now: datetime) -> dict[str, Any] | None:
    """What Nightdesk says of a box beside what people ticked: verdict, sentence, when; None where it sees nothing."""
    if step.part == RollbackStep.Part.BEFORE:
        return next((one for one in rollback.preconditions if one["text"][:200] == step.title), None)
    if step.shown_by not in (checklist.VERIFIED, checklist.BACK):
        return None
    seen = back.verified(rollback, now) if step.shown_by == checklist.VERIFIED else back.on_the_way(rollback)
    if seen is None:
        return None
    return {"verdict": str(seen.verdict), "summary": seen.summary, "looked_at": utc_or_none(seen.looked_at)}
