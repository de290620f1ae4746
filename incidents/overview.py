"""A glance at many incidents: what a page of several asks of each is read for all of them, by one statement each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from incidents.glance import glance, keep
from incidents.models import Assignment, Incident
from incidents.roles import holding


@contextmanager
def overview(incidents: Sequence[Incident]) -> Iterator[None]:
    """While it lasts a glance at each, in which it is known who has which role and who is listed for it."""
    with ExitStack() as glances:
        for one in incidents:
            glances.enter_context(glance(one))
        if incidents:
            rows = Assignment.objects.filter(incident__in=incidents).select_related("user").order_by("pk")
            keep_rows(incidents, "assignments", rows)
            listed = holding.listed_of(incidents)
            for one in incidents:
                keep(one, "listed", listed[one.pk])
        yield


def keep_rows(incidents: Sequence[Incident], what: str, rows: Iterable[Any]) -> None:
    """During the overview `what` of each incident is those of `rows` that are its own."""
    found = by_incident(rows)
    for one in incidents:
        keep(one, what, found[one.pk])


def by_incident(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """By the incident's primary key, in their order; an empty list for one that has none."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.incident_id].append(row)
    return found
