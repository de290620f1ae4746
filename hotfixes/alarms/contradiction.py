"""One thing that does not go together with another, and the telling of it: once, on the timeline and by message."""

from collections.abc import Iterable
from dataclasses import dataclass

from hotfixes.lifecycle import telling_people
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident, Status
from products.vocabulary import EventKind

TELL = Step(EventKind.CHECK_CHANGED, tuple(Status))


@dataclass(frozen=True)
class Contradiction:
    """`mark` is the same for the same contradiction: it is told once. `todo`: what settles it."""

    key: str
    mark: str
    sentence: str
    proof: tuple[str, ...]
    todo: str
    hotfix: str = ""


def tell(incident: Incident, found: Iterable[Contradiction]) -> None:
    """Those that were not told yet: an entry of the timeline each, and a message. For who holds the incident."""
    found = list(found)
    if not found:
        return
    known = incident.events.filter(kind=EventKind.CHECK_CHANGED).select_related("payload")
    told = {str(event.data.get("contradiction", {}).get("mark")) for event in known if not event.redacted}
    for one in found:
        if one.mark in told:
            continue
        facts = {"key": one.key, "mark": one.mark, "sentence": one.sentence[:500], "todo": one.todo}
        event = perform(incident, TELL, by=None, contradiction=facts, hotfix=one.hotfix)
        telling_people.contradiction(incident, event, one.sentence)
