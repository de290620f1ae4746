"""Keeping what the checks answered: a row per change, milestones and boxes on the timeline, open pages told.

One transaction, the incident locked first.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from foundation import moment
from hotfixes.alarms import contradiction, contradictions
from hotfixes.checks import Context, Result
from hotfixes.judging import besides, milestones, settled, telling
from hotfixes.lifecycle import ending
from hotfixes.models import CheckResult, Hotfix
from hotfixes.observing.claim import LeaseLost
from hotfixes.standing import standing
from incidents.lifecycle.lifecycle import announce
from incidents.models import Incident

MOMENT = timedelta(seconds=1)


def store(
    hotfix: Hotfix,
    token: uuid.UUID,
    known: Context,
    results: Mapping[str, Result],
    *,
    seq: int,
    asked: Collection[str],
) -> None:
    """`seq`: up to which entry the timeline was known; what came after it asks for another round, our own entries only
    where they would change an answer. `asked`: the checks that looked. Raises LeaseLost, changing nothing.
    """
    reached = milestones.found(known, results)
    beside = besides.found(known, results, hotfix.preflight)
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
        mine = Hotfix.objects.select_for_update(of=("self",)).filter(pk=hotfix.pk, lease_token=token)
        as_it_is = mine.values_list("status", "verify_at").first()
        if as_it_is is None:
            raise LeaseLost
        hotfix.status, hotfix.verify_at = as_it_is
        alone = incident.timeline_seq == seq
        now = moment.now()
        changed, reads_differently = _keep(hotfix, results, now)
        if hotfix.is_open or hotfix.verify_at:
            telling.tell(incident, hotfix, reached, changed, now)
        ended = ending.after_round(incident, hotfix, changed, now)
        again = _due(results, now) if hotfix.is_open and ended.get("look_at") is None else {}
        mine.update(lease_token=None, looked_at=now, judged_seq=seq, **beside, **{**ended, **again})
        if hotfix.is_open:
            _tell_contradictions(hotfix, results)
            if alone:
                _be_done(hotfix, known, results, asked, beside, seq)
        if reads_differently or _is_other(hotfix, beside) or "status" in ended:
            announce(incident)


def _due(results: Mapping[str, Result], now: datetime) -> dict[str, datetime]:
    """When an answer becomes another one by the time alone, as it says in `due_at`: then somebody must look again."""
    told = (
        datetime.fromisoformat(str(one.facts["due_at"]))
        for one in results.values()
        if one.facts.get("due_at")
    )
    # A moment later: at that very one it still holds.
    return {"look_at": due + MOMENT} if (due := min((at for at in told if at > now), default=None)) else {}


def _tell_contradictions(hotfix: Hotfix, results: Mapping[str, Result]) -> None:
    """How the hotfix stands is read only where the answers, or a person's word, allow of any."""
    if contradictions.may_be(hotfix, {key: str(one.verdict) for key, one in results.items()}):
        fresh = Hotfix.objects.for_page().get(pk=hotfix.pk)
        contradiction.tell(fresh.incident, contradictions.of_standing(standing.standing(fresh)))


def _be_done(
    hotfix: Hotfix,
    known: Context,
    results: Mapping[str, Result],
    asked: Collection[str],
    beside: Mapping[str, Any],
    seq: int,
) -> None:
    """Only this round's own entries came since `seq`: where they change no answer, they ask for no further round."""
    now = Incident.objects.values_list("timeline_seq", flat=True).get(pk=hotfix.incident_id)
    if now == seq:
        return
    fresh = Hotfix.objects.for_page().get(pk=hotfix.pk)
    if fresh.is_open and settled.settled(fresh, known, results, asked, beside):
        Hotfix.objects.filter(pk=hotfix.pk).update(judged_seq=now)


def _keep(hotfix: Hotfix, results: Mapping[str, Result], now: datetime) -> tuple[list[CheckResult], bool]:
    """Writes rows for answers that read differently; returns those whose verdict is another, and whether any does."""
    current = {row.key: row for row in hotfix.results.filter(superseded_at=None)}
    old, new, same, changed = [], [], [], []
    for key, result in results.items():
        row, before = _row(hotfix, key, result, now), current.get(key)
        if before and _words(before) == _words(row):
            same.append(before.pk)
            continue
        if before:
            old.append(before.pk)
        new.append(row)
        if before is None or before.verdict != row.verdict:
            changed.append(row)
    CheckResult.objects.filter(pk__in=old).update(superseded_at=now)
    CheckResult.objects.filter(pk__in=same).update(looked_at=now)
    CheckResult.objects.bulk_create(new)
    return changed, bool(new)


def _is_other(hotfix: Hotfix, beside: Mapping[str, Any]) -> bool:
    """What stands beside the checks reads differently now. `hotfix` as the round began."""
    return any(getattr(hotfix, name) != value for name, value in beside.items())


def _row(hotfix: Hotfix, key: str, result: Result, now: datetime) -> CheckResult:
    return CheckResult(
        hotfix=hotfix,
        key=key,
        verdict=result.verdict,
        summary=result.summary,
        proof=list(result.proof),
        facts=telling.plain(result.facts),
        next_text=result.next.text if result.next else "",
        next_commands=list(result.next.commands) if result.next else [],
        observed_at=now,
        looked_at=now,
    )


def _words(row: CheckResult) -> tuple[object, ...]:
    return (row.verdict, row.summary, row.proof, row.facts, row.next_text, row.next_commands)
