"""Looking for a word in what people wrote on timelines."""

from django.db.models import JSONField, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from incidents.models import RedactionRequest, TimelineEvent
from products.vocabulary import EventKind


def written(word: str) -> QuerySet[TimelineEvent]:
    """The entries of an outer Incident whose text has `word`, in any case: for Exists().

    What somebody asked to redact is not found, nor what repeats it: a correction is left out while any request of
    its incident is open.
    """
    asked = RedactionRequest.objects.filter(settled_at=None)
    hidden = Q(pk__in=asked.values("event")) | Q(
        kind=EventKind.CORRECTED, incident__in=asked.values("event__incident")
    )
    entries = TimelineEvent.objects.filter(incident=OuterRef("pk")).exclude(hidden)
    text = KeyTextTransform("text", Cast("payload__body", JSONField()))
    return entries.annotate(said=text).filter(said__icontains=word)
