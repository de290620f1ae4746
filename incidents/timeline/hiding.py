"""Entries that somebody asked to redact: nobody reads them until a second person has answered."""

from collections.abc import Iterable

from incidents.models import RedactionRequest, TimelineEvent
from products.vocabulary import EventKind


def with_corrections(asked: Iterable[int]) -> frozenset[int]:
    """The events `asked` and every correction that repeats their words, by primary key: no query for none."""
    found = newest = frozenset(asked)
    while newest:
        rows = TimelineEvent.objects.filter(supersedes__in=newest, kind=EventKind.CORRECTED)
        newest = frozenset(rows.values_list("pk", flat=True)) - found
        found |= newest
    return found


def asked_to_redact(event: TimelineEvent) -> RedactionRequest | None:
    """The open request that hides this line: for the event, or for one whose words it repeats."""
    chain = [event]
    while chain[-1].kind == EventKind.CORRECTED and chain[-1].supersedes:
        chain.append(chain[-1].supersedes)
    return (
        RedactionRequest.objects.filter(event__in=chain, settled_at=None).select_related("asked_by").first()
    )
