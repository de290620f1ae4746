"""A watch opens with what it watches: its row is there from the deployment or the way back on, so that every look since
then is kept; the time counts once the process's own event has happened (C3). Hears of every event of an incident, in
its transaction.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from foundation import moment
from foundation.crash import crashpoint
from hotfixes.models import Hotfix, Rollback, Watch
from hotfixes.watch import sampling
from incidents.lifecycle import watch as process
from incidents.models import Incident, Status, TimelineEvent
from incidents.timeline.corrections import original
from incidents.timeline.story import means
from monitoring import announce
from products.process.schema.base import seconds
from products.vocabulary import EventKind as Kind

# After these nobody watches any more.
OVER = frozenset({Kind.CLOSED, Kind.DECLINED, Kind.DEFERRED, Kind.DUPLICATE_MARKED, Kind.REOPENED})
LOOK_BACK = timedelta(hours=24)


def follow(incident: Incident, event: TimelineEvent) -> None:
    """What `event` means for the incident's watches. What a watch itself has recorded it has kept already."""
    if event.data.get("by_watch") or not process.spec(incident):
        return
    if event.kind == Kind.CORRECTED:
        _correct(incident, event)
    elif event.kind in OVER:
        _end(_running(incident), Watch.State.STOPPED, event.occurred_at)
        # Closed is no reason to look away: a day later people are told that all went well.
        if event.kind != Kind.CLOSED:
            met = Watch.objects.filter(incident=incident).exclude(look_until=None)
            met.update(look_until=None, look_at=None)
    elif event.kind == Kind.TAKEN_BACK:
        _taken_back(incident, event)
    elif event.kind in (Kind.DEPLOY_FAILED, Kind.ROLLED_BACK):
        _end(
            _about(incident, event, stop_all=event.kind == Kind.ROLLED_BACK),
            Watch.State.STOPPED,
            event.occurred_at,
        )
    elif event.kind == Kind.SMOKE_FAILED:
        _about(incident, event).update(counts_from=None)
    elif event.kind == Kind.WATCH_FAILED:
        _end(_about(incident, event), Watch.State.FAILED, event.occurred_at)
    elif event.kind == Kind.WATCH_MET:
        _finished(_about(incident, event), event)
    if incident.status != Status.CLOSED and _opens(incident, event):
        _open(incident, event)


def remedy_of(incident: Incident, event: TimelineEvent) -> str:
    """Of which remedy an event speaks; where it does not say so, of the one that is under way."""
    if told := process.remedy_of(event):
        return told
    if _rolls_back(incident):
        row = Rollback.objects.filter(incident=incident).exclude(status=Rollback.Status.ABANDONED)
        last = row.order_by("-number").first()
        return last.ref if last else ""
    hotfixes = [one for one in incident.hotfixes.order_by("number") if _was_there(one, event)]
    own = [one for one in hotfixes if one.product_id == incident.product_id] or hotfixes
    return own[-1].ref if own else ""


def _was_there(hotfix: Hotfix, event: TimelineEvent) -> bool:
    """Whether it was under way when that was said: not given up, and begun."""
    gone = hotfix.status == Hotfix.Status.ABANDONED and (
        hotfix.ended_at is None or hotfix.ended_at <= event.recorded_at
    )
    return event.seq > hotfix.begun_seq and not gone


def _rolls_back(incident: Incident) -> bool:
    begun = incident.events.filter(kind__in=[Kind.HOTFIX_STARTED, Kind.ROLLBACK_STARTED]).order_by("-seq")
    return begun.values_list("kind", flat=True).first() == Kind.ROLLBACK_STARTED


def _opens(incident: Incident, event: TimelineEvent) -> bool:
    asked = process.spec(incident)
    words = [str(asked[key]) for key in ("from", "samples_from") if asked.get(key)]
    if event.kind == Kind.ROLLED_BACK:
        return _rolls_back(incident)
    return event.kind in (Kind.DEPLOYED, Kind.WATCH_OPENED) or means(event, words)


def _open(incident: Incident, event: TimelineEvent) -> None:
    """The row, or what `event` changes in the one there is. Where the time counts, it goes on counting."""
    remedy, now = remedy_of(incident, event), moment.now()
    found = _running(incident).filter(remedy=remedy).first() or _made(incident, remedy, event, now)
    if event.kind == Kind.WATCH_OPENED:
        found.counts_from = event.occurred_at
        found.facts = {**found.facts, "because": event.data.get("because"), "subject": event.subject}
        found.extended_s = 0
    elif found.counts_from is None and event.kind in (Kind.DEPLOYED, Kind.ROLLED_BACK):
        found.kept_from = event.occurred_at
        found.facts = {**found.facts, "kept_because": event.seq, "failed": None}
    found.look_at = now
    found.save()
    crashpoint("watch.opened")
    announce.wake()


def _made(incident: Incident, remedy: str, event: TimelineEvent, now: datetime) -> Watch:
    asked = process.spec(incident)
    made = Watch.objects.create(
        incident=incident,
        product=_product(incident, remedy),
        remedy=remedy,
        kept_from=event.occurred_at,
        least_s=seconds(str(asked["for"])),
        coverage=int(asked.get("coverage") or 95),
        max_gap=int(asked.get("max_gap") or 3),
        facts={"kept_because": event.seq},
        look_at=now,
    )
    sampling.backfill(made, made.kept_from, now)
    return made


def _product(incident: Incident, remedy: str) -> Any:
    rows = Hotfix.objects.filter(incident=incident).select_related("product")
    found: Hotfix | Rollback | None = next((one for one in rows if one.ref == remedy), None)
    back = Rollback.objects.filter(incident=incident).select_related("product")
    found = found or next((one for one in back if one.ref == remedy), None)
    return found.product if found else incident.product


def _running(incident: Incident) -> "QuerySet[Watch]":
    return Watch.objects.filter(incident=incident, state=Watch.State.RUNNING)


def _about(incident: Incident, event: TimelineEvent, *, stop_all: bool = False) -> "QuerySet[Watch]":
    """The running ones that `event` speaks of: all of them, where it names none."""
    told = process.remedy_of(event)
    return _running(incident).filter(remedy__in=["", told]) if told and not stop_all else _running(incident)


def _end(watches: "QuerySet[Watch]", state: str, at: datetime) -> None:
    watches.update(state=state, ended_at=at, look_at=None)


def _finished(watches: "QuerySet[Watch]", event: TimelineEvent) -> None:
    """By a person's word: who, and from when on a relapse is looked for."""
    for one in watches:
        one.state, one.ended_at = Watch.State.MET, event.occurred_at
        one.facts = {**one.facts, "said_by": event.actor_label}
        look_again(one)
        one.save()


def _taken_back(incident: Incident, event: TimelineEvent) -> None:
    """What users run now is another version: nothing of the fix is watched any more, nor is a relapse of it looked for.
    What was watched until then stays, with that it ended so.
    """
    mine = Watch.objects.filter(incident=incident, remedy__in=["", process.remedy_of(event)])
    for one in mine.filter(Q(state=Watch.State.RUNNING) | Q(look_until__isnull=False)):
        if one.state == Watch.State.RUNNING:
            one.state, one.ended_at = Watch.State.STOPPED, event.occurred_at
        one.facts = {**one.facts, "taken_back": event.occurred_at.isoformat()}
        one.look_until = one.look_at = None
        one.save()


def look_again(watch: Watch) -> None:
    """Until a day after the deployment a relapse is still told: people are told then that all is well."""
    until = watch.kept_from + LOOK_BACK
    now = moment.now()
    watch.look_until, watch.look_at = (until, now) if until > now else (None, None)


def _correct(incident: Incident, event: TimelineEvent) -> None:
    """The time of what began a watch was another one: the watch begins then."""
    root = original(event)
    for one in _running(incident):
        if one.facts.get("kept_because") == root.seq:
            one.kept_from = event.occurred_at
        if one.counts_from and (one.facts.get("because") == root.seq or root.kind == Kind.WATCH_OPENED):
            one.counts_from = event.occurred_at
        one.look_at = moment.now()
        one.save(update_fields=["kept_from", "counts_from", "look_at"])
