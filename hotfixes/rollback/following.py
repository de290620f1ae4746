"""What a rollback hears at once: that the version before is back, and that it was back at another moment, in the
transaction of whoever says it.
"""

from hotfixes.models import RollbackStep
from hotfixes.rollback import back, by_hand, checklist
from incidents.lifecycle import followers
from incidents.models import Box, Incident, TimelineEvent
from incidents.timeline.corrections import original
from products.vocabulary import EventKind


def follow(incident: Incident, event: TimelineEvent) -> None:
    if event.kind == EventKind.CORRECTED:
        _correct(incident, event)
    if event.kind != EventKind.ROLLED_BACK:
        return
    about = str(event.data.get("rollback") or "")
    rows = incident.rollbacks.open().filter(back_at=None, started_at__lte=event.occurred_at)
    for rollback in rows.select_for_update():
        if (about and about != rollback.ref) or (event.actor_id is None and back.left(rollback)):
            continue
        rollback.back_at = event.occurred_at
        rollback.save(update_fields=["back_at"])
        by_hand.keep(rollback, event)
        boxes = RollbackStep.objects.filter(rollback=rollback, shown_by=checklist.BACK, state=Box.OPEN)
        for step in boxes.select_related("done_by_event"):
            checklist.seen(step, Box.DONE, event)


def _correct(incident: Incident, event: TimelineEvent) -> None:
    """It was back at another moment: how long going back takes is reckoned from that."""
    root, was = original(event), event.supersedes
    if root.kind != EventKind.ROLLED_BACK or was is None:
        return
    about = str(root.data.get("rollback") or root.subject)
    for rollback in incident.rollbacks.filter(back_at=was.occurred_at).select_for_update():
        if about in ("", rollback.ref):
            rollback.back_at = event.occurred_at
            rollback.save(update_fields=["back_at"])
            by_hand.moved(rollback, was.occurred_at, event.occurred_at)


followers.follow(follow)
