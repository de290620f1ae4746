"""Entries that somebody asked to redact: nobody reads them until a second person has answered."""

from incidents.models import RedactionRequest, TimelineEvent
from products.vocabulary import EventKind


def asked_to_redact(event: TimelineEvent) -> RedactionRequest | None:
    """The open request that hides this line: for the event, or for one whose words it repeats."""
    chain = [event]
    while chain[-1].kind == EventKind.CORRECTED and chain[-1].supersedes:
        chain.append(chain[-1].supersedes)
    return (
        RedactionRequest.objects.filter(event__in=chain, settled_at=None).select_related("asked_by").first()
    )
