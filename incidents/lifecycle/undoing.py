"""Which setback takes back which fact: after a rollback nothing is deployed, whatever was ticked before."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from incidents.models import Incident, Mode, TimelineEvent
from products.vocabulary import EventKind

_OUT = (EventKind.DEPLOYED, EventKind.SMOKE_PASSED, EventKind.WATCH_OPENED, EventKind.WATCH_MET)
UNDOES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        EventKind.APPROVAL_DISMISSED: (EventKind.APPROVED,),
        EventKind.DEPLOY_FAILED: (EventKind.DEPLOYED, EventKind.SMOKE_PASSED, EventKind.WATCH_OPENED),
        EventKind.SMOKE_FAILED: (EventKind.SMOKE_PASSED, EventKind.WATCH_OPENED),
        EventKind.WATCH_FAILED: (EventKind.WATCH_MET,),
        EventKind.ROLLED_BACK: _OUT,
        EventKind.TAKEN_BACK: _OUT,
    }
)
# Of the fix before nothing of this is so any more.
_OF_A_FIX = (
    EventKind.BRANCH_SEEN, EventKind.FIX_PUSHED, EventKind.REVIEW_REQUESTED, EventKind.APPROVED, EventKind.MERGED,
    EventKind.TAGGED, EventKind.DEPLOY_STARTED, *_OUT, EventKind.RELEASED,
)  # fmt: skip
# By these a box or a step of it was ticked, besides.
_TICKS = (EventKind.ATTESTED, EventKind.CHECK_CHANGED, EventKind.OVERRIDDEN, EventKind.MESSAGE_SENT)


def anew(incident: Incident) -> dict[str, Any]:
    """Facts of an event by which the next fix of an incident begins: at which entry the one before it began. None where
    there was none, and in a story that is told afterwards, in any order.
    """
    if incident.mode == Mode.RETROSPECTIVE:
        return {}
    begun = incident.events.filter(kind=EventKind.HOTFIX_STARTED).order_by("-seq")
    last = begun.values_list("seq", flat=True).first()
    return {"anew": last} if last else {}


def undone_by(event: TimelineEvent) -> tuple[str, ...]:
    """The kinds of what was told before it that are not so any more."""
    if event.kind == EventKind.HOTFIX_STARTED and event.data.get("anew"):
        return _OF_A_FIX
    return UNDOES.get(event.kind, ())


def unticks(event: TimelineEvent, ticked_by: TimelineEvent) -> bool:
    """Whether what was ticked by that entry is open again."""
    begun = int(event.data.get("anew") or 0) if event.kind == EventKind.HOTFIX_STARTED else 0
    of_the_one_before = 0 < begun <= ticked_by.seq < event.seq and ticked_by.kind in _TICKS
    return of_the_one_before or ticked_by.kind in undone_by(event)
