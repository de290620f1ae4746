"""What was said of an incident at an earlier moment: from what it says now back through its timeline.

Whoever shows how things were reads it here and keeps no copy, so that a redaction reaches those pages too.
"""

from collections.abc import Iterable

from incidents.models import Incident, RedactionRequest, TimelineEvent
from products.vocabulary import EventKind

# What people type about it.
WORDS = ("title", "impact", "workaround", "users_source")


def as_of(incident: Incident, seq: int) -> dict[str, str]:
    """The `WORDS` as they were after the entry `seq`; one query."""
    asked = RedactionRequest.objects.filter(event__incident=incident, settled_at=None).values("event")
    rows = incident.events.filter(kind=EventKind.DESCRIBED, seq__gt=seq).exclude(pk__in=asked)
    return back(incident, rows.select_related("payload").order_by("-seq"))


def back(incident: Incident, later: Iterable[TimelineEvent]) -> dict[str, str]:
    """The `WORDS` before `later`, its newest entry first. One that was redacted tells nothing any more."""
    found = {name: str(getattr(incident, name)) for name in WORDS}
    for event in later:
        if event.kind == EventKind.DESCRIBED and not event.redacted:
            changed = event.data.get("changed", {})
            found |= {name: str(changed[name][0]) for name in WORDS if name in changed}
    return found
