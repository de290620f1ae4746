"""Boxes that a person's word on a check ticks. A box stands for all hotfixes of an incident: none ticks another's."""

import hashlib
import json
from typing import Any

from django.db.models import Q

from hotfixes.models import Attestation, CheckResult, Hotfix, Override
from incidents.models import Box, Incident, TimelineEvent
from incidents.work import boxes
from products.vocabulary import Verdict

SETTLED = Q(needs_second=False) | Q(second__isnull=False)


def tick(hotfix: Hotfix, key: str, event: TimelineEvent) -> None:
    """For who holds the incident."""
    if others_wait(hotfix, key):
        return
    boxes.keep(event.incident)
    for box in event.incident.checklist.filter(check_key=key, state=Box.OPEN):
        boxes.mark(box, Box.DONE, event)
        box.save(update_fields=boxes.KEPT)


def untick(incident: Incident, key: str, event: TimelineEvent) -> None:
    """What `event` ticked is open again."""
    for box in incident.checklist.filter(check_key=key, done_by_event=event):
        boxes.empty(box)
        box.save(update_fields=boxes.KEPT)


def others_wait(hotfix: Hotfix, key: str) -> bool:
    """Whether another open hotfix of the incident still needs this check, and nobody has taken it on there."""
    others = set(
        Hotfix.objects.open()
        .filter(incident=hotfix.incident_id)
        .exclude(pk=hotfix.pk)
        .values_list("pk", flat=True)
    )
    if not others:
        return False
    good = CheckResult.objects.filter(
        hotfix__in=others,
        key=key,
        superseded_at=None,
        verdict__in=[Verdict.PASS, Verdict.NOT_APPLICABLE],
    )
    waived = Override.objects.filter(SETTLED, hotfix__in=others, key=key, withdrawn_at=None)
    said = Attestation.objects.filter(hotfix__in=others, key=key, withdrawn_at=None)
    found = {pk for rows in (good, waived, said) for pk in rows.values_list("hotfix", flat=True)}
    return bool(others - found)


def taken_on(incident: Incident) -> set[tuple[int, str]]:
    """Checks that a person waived or vouched for: (hotfix, key)."""
    waived = Override.objects.filter(SETTLED, hotfix__incident=incident, withdrawn_at=None)
    said = Attestation.objects.filter(hotfix__incident=incident, withdrawn_at=None)
    return {found for rows in (waived, said) for found in rows.values_list("hotfix", "key")}


def digest_of(answer: dict[str, Any]) -> str:
    text = json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
