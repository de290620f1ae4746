"""What a list asks of each of its incidents, asked once for all of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.db.models import F

from incidents import glance
from incidents.models import Assignment, Clock, Incident, TimelineEvent
from incidents.roles import holding
from notifications import queue
from products.models import Contact
from products.vocabulary import EventKind


def glances(incidents: Sequence[Incident]) -> Iterator[Incident]:
    """Each during a glance of its own that knows its clocks, who has or had a role, whom its product lists and who
    cannot take it. The queries are as many for two hundred as for one.
    """
    clocks = Clock.objects.filter(incident__in=incidents).annotate(stopped_kind=F("stopped_by__kind"))
    assigned = Assignment.objects.filter(incident__in=incidents).select_related("user").order_by("pk")
    again = TimelineEvent.objects.filter(incident__in=incidents, kind=EventKind.REOPENED).order_by("seq")
    contacts = Contact.objects.filter(product__in={one.product_id for one in incidents})
    clocks_of = _by(clocks.order_by("cycle", "pk"), lambda one: one.incident_id)
    assigned_of = _by(assigned, lambda one: one.incident_id)
    contacts_of = _by(contacts.select_related("user"), lambda one: one.product_id)
    reopened_of = {one.incident_id: one for one in again}
    listed_of = holding.listed_of(incidents)
    cannot_of = _cannot(incidents, reopened_of)
    for incident in incidents:
        with glance.glance(incident):
            glance.keep(incident, "clocks", clocks_of[incident.pk])
            glance.keep(incident, "assignments", assigned_of[incident.pk])
            glance.keep(incident, "contacts", contacts_of[incident.product_id])
            glance.keep(incident, glance.REOPENED, reopened_of.get(incident.pk))
            glance.keep(incident, "listed", listed_of[incident.pk])
            glance.keep(incident, "declined", cannot_of.get(incident.ref, set()))
            yield incident


def _cannot(incidents: Sequence[Incident], reopened_of: dict[int, TimelineEvent]) -> dict[str, set[str]]:
    """Of those for whom nobody has answered yet: who said that they cannot take it, by its ref."""
    since = {}
    for one in incidents:
        if one.is_open and one.acknowledged_at is None:
            again = reopened_of.get(one.pk)
            since[one.ref] = again.recorded_at if again else one.declared_at
    return queue.declined_since(since)


def _by[T](rows: Iterable[T], key: Callable[[T], int]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
