"""When it happened what matters of an incident: one rule, for its report and for the figures of thousands of them."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Final

from django.db.models import QuerySet

from foundation.moment import Seconds
from incidents.models import Incident, TimelineEvent
from incidents.timeline.story import Story
from products.vocabulary import EventKind

# Of moments that stand on the timeline alone, those that figures are made of; the others are columns of the incident.
COUNTED: Final = (EventKind.MITIGATED, EventKind.DECIDED, EventKind.REOPENED)

# Its key, its kind, when, and the key of what it corrects.
type Entry[T] = tuple[int, str, T, int | None]


def last[T](entries: Iterable[Entry[T]]) -> dict[str, T]:
    """By kind, when it happened the last time, as it was corrected; nothing of what a reopening took back.

    `entries` are in the order of the timeline. The reopening itself is among what is found.
    """
    root: dict[int, int] = {}
    when: dict[int, T] = {}
    latest: dict[str, int] = {}
    for key, kind, at, about in entries:
        corrects = about if kind == EventKind.CORRECTED else None
        root[key] = root.get(corrects, corrects) if corrects else key
        when[root[key]] = at
        if kind == EventKind.REOPENED:
            latest = {}
        if not corrects:
            latest[kind] = key
    return {kind: when[key] for kind, key in latest.items()}


def of_story(told: Story) -> dict[str, datetime]:
    """The same of one incident whose story is read."""
    made = [(event.pk, event.kind, event.occurred_at, None) for event in told.events]
    corrected = [(one.pk, one.kind, one.occurred_at, root) for root, one in told.corrections.items()]
    return last([*made, *corrected])


def of_incidents(incidents: QuerySet[Incident]) -> dict[int, dict[str, float]]:
    """The same of many, by their primary key, in seconds since 1970, for what is COUNTED: one query."""
    rows = TimelineEvent.objects.filter(incident__in=incidents, kind__in=[*COUNTED, EventKind.CORRECTED])
    found = rows.order_by("incident", "seq").values_list(
        "incident_id", "pk", "kind", Seconds("occurred_at"), "supersedes_id"
    )
    each = groupby(found, key=itemgetter(0))
    return {incident: last(row[1:] for row in entries) for incident, entries in each}
