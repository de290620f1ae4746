"""Keeping what the checks answered: a row per change, milestones and boxes on the timeline, open pages told.

One transaction, the incident locked first (DECISIONS.md 21).
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from foundation import moment
from hotfixes import contradictions, ending, standing
from hotfixes.checks import Context, Result
from hotfixes.git.trouble import GitError
from hotfixes.judging import besides, milestones, telling
from hotfixes.models import CheckResult, Hotfix
from hotfixes.watching.claim import LeaseLost
from incidents.lifecycle import announce
from incidents.models import Incident


def store(
    hotfix: Hotfix, token: uuid.UUID, known: Context, results: Mapping[str, Result], *, seq: int
) -> None:
    """`seq`: up to which entry the timeline was known; what came after it, our own entries too, asks for another round.
    Raises LeaseLost, changing nothing.
    """
    reached = _reached(known, results)
    beside = besides.found(known, results, hotfix.preflight)
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
        mine = Hotfix.objects.select_for_update(of=("self",)).filter(pk=hotfix.pk, lease_token=token)
        if not mine.exists():
            raise LeaseLost
        hotfix.refresh_from_db(fields=["status", "verify_at"])
        now = moment.now()
        changed = _keep(hotfix, results, now)
        telling.tell(incident, hotfix, reached, changed, now)
        ended = ending.after_round(incident, hotfix, changed, now)
        mine.update(lease_token=None, looked_at=now, judged_seq=seq, **beside, **ended)
        if hotfix.is_open:
            fresh = Hotfix.objects.for_page().get(pk=hotfix.pk)
            contradictions.tell(fresh.incident, contradictions.of_standing(standing.standing(fresh)))
        if changed or "status" in ended:
            announce(incident)


def _reached(known: Context, results: Mapping[str, Result]) -> tuple[milestones.Reached, ...]:
    """What has been reached on the way, oldest first; nothing of git while it cannot be read."""
    try:
        return milestones.reached(known, results)
    except GitError:
        return milestones.without_git(known, results)


def _keep(hotfix: Hotfix, results: Mapping[str, Result], now: datetime) -> list[CheckResult]:
    """Writes rows for answers that read differently; returns those whose verdict is another."""
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
    return changed


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
