"""The box "Incident documented" (K116): ticked when every question of the report is answered, open when one is not."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from foundation.written import address
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import OPEN, Box, ChecklistItem, Incident, Status
from incidents.timeline.timeline import MACHINE
from incidents.work import boxes, checklist
from products.vocabulary import EventKind
from review.documents import questions
from review.models import Postmortem

CHECK = "documented"
_ANY = (*OPEN, Status.RESOLVED, Status.CLOSED)


def follow(incident: Incident, report: Postmortem, *, by: User, at: datetime | None = None) -> None:
    """Bring the boxes of that check in line with the answers. For who holds the incident; people's own ticks stay."""
    keys = {question["key"] for question in questions(incident)}
    if not keys or incident.status not in _ANY:
        return
    latest = {row.key: row.text for row in report.answers.order_by("key", "number")}
    answered = all(latest.get(key) for key in keys)
    boxes.keep(incident)
    for box in incident.checklist.filter(check_key=CHECK).select_related("done_by_event__payload"):
        if answered and box.is_open:
            _tick(incident, box, report, by, at)
        elif not answered and _is_ours(box):
            facts = checklist.about(box, Box.OPEN)
            words = _("A question of the report is not answered any more.")
            perform(incident, Step(EventKind.CHECK_CHANGED, _ANY), by=by, at=at, text=words, **facts)
            boxes.empty(box)
            box.save(update_fields=boxes.KEPT)


def _tick(incident: Incident, box: ChecklistItem, report: Postmortem, by: User, at: datetime | None) -> None:
    facts: dict[str, Any] = {**checklist.about(box, Box.DONE), "url": address(report.get_absolute_url())}
    words = _("Every question of the report is answered.")
    event = perform(
        incident,
        Step(EventKind.ATTESTED, _ANY),
        by=by,
        at=at,
        text=words,
        source=MACHINE,
        by_report=True,
        **facts,
    )
    boxes.mark(box, Box.DONE, event)
    box.save(update_fields=boxes.KEPT)


def _is_ours(box: ChecklistItem) -> bool:
    event = box.done_by_event
    return box.state == Box.DONE and event is not None and bool(event.data.get("by_report"))
