"""Lists and single incidents, their timeline and clocks."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from accounts.access import authorize
from accounts.bearer import Bearer, person_of, token_of
from accounts.models import Scope
from foundation import moment
from foundation.shapes import Listed, Moment, Paging, Text, comma_list, listed
from incidents.api.shapes import (
    ClockShape,
    EventShape,
    IncidentShape,
    clock_shape,
    event_shape,
    incident_shape,
    incident_shapes,
)
from incidents.models import Incident, Mode, RedactionRequest, Status
from incidents.models.incident import IncidentQuerySet
from incidents.sight import in_sight
from incidents.timeline.hiding import with_corrections
from notifications.api.shapes import DeliveryShape, delivery_shape
from notifications.models import Delivery
from products.api import named_product, severities_of
from products.token_products import narrowed

# One router for all files here: two would each answer only their own methods of one address.
router = Router(tags=["incidents"], auth=Bearer(Scope.READ, Scope.INCIDENTS))
ACTED_WITH = Bearer(Scope.INCIDENTS)


class IncidentFilters(Paging):
    status: Annotated[Text, Field(description="Comma list; `open`: what somebody still has to do.")] = ""
    product: Annotated[Text, Field(description="Its slug.")] = ""
    severity: Annotated[
        Text, Field(description="By their keys in the process, in any case: `critical,high`.")
    ] = ""
    since: Annotated[Moment | None, Field(description="Declared then or later.")] = None
    mode: Annotated[Text, Field(description="Comma list of live, drill, retrospective; all without.")] = ""
    q: Annotated[Text, Field(description="Words of title, impact or workaround.")] = ""


class TimelinePaging(Paging):
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


@router.get("/incidents", response=Listed[IncidentShape])
def list_incidents(request: HttpRequest, asked: Query[IncidentFilters]) -> dict[str, Any]:
    """Those one may see, the newest first."""
    now = moment.now()
    found = asked.page(matching(request, asked).for_page(), "-declared_at", "-pk")
    return {"items": incident_shapes(found.items, now), "next": found.next}


@router.get("/incidents/{ref}", response=IncidentShape)
def read_incident(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One incident with its clocks and who has which role."""
    return incident_shape(incident_of(request, ref))


@router.get("/incidents/{ref}/timeline", response=Listed[EventShape])
def read_timeline(request: HttpRequest, ref: str, asked: Query[TimelinePaging]) -> dict[str, Any]:
    """Oldest first."""
    found = incident_of(request, ref)
    asked_for = RedactionRequest.objects.filter(event__incident=found, settled_at=None)
    hidden = with_corrections(asked_for.values_list("event", flat=True))
    is_hidden = ExpressionWrapper(Q(pk__in=hidden), output_field=BooleanField())
    events = found.events.select_related("payload", "supersedes").annotate(asked=is_hidden)
    return listed(asked.page(events, "seq"), event_shape)


@router.get("/incidents/{ref}/clocks", response=Listed[ClockShape])
def read_clocks(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Every run of every clock, in the order of the process, the latest run of each first."""
    found, now = incident_of(request, ref), moment.now()
    order = {rule.key: place for place, rule in enumerate(found.process_version.clocks())}
    runs = sorted(found.clocks.all(), key=lambda clock: (order.get(clock.key, len(order)), -clock.cycle))
    return {"items": [clock_shape(clock, now) for clock in runs], "next": None}


@router.get("/incidents/{ref}/deliveries", response=Listed[DeliveryShape])
def read_deliveries(request: HttpRequest, ref: str, asked: Query[Paging]) -> dict[str, Any]:
    """Who was told, by which way, and who was not and why; the newest first."""
    rows = Delivery.objects.about(incident_of(request, ref).ref)
    return listed(asked.page(rows, "-pk"), delivery_shape)


def reachable(request: HttpRequest) -> IncidentQuerySet:
    """What both the person and the token may see."""
    rows = narrowed(Incident.objects.visible_to(person_of(request)), token_of(request))
    assert isinstance(rows, IncidentQuerySet)
    return rows


def named_incident(request: HttpRequest, ref: str) -> Incident:
    """The incident that a list's filter names, as INC-42 or 42. ValidationError on `incident` for none within reach: a
    list that is empty by a typing error would be read as "nothing there".
    """
    try:
        return reachable(request).by_ref(f"INC-{ref}" if ref.isdecimal() else ref)
    except Incident.DoesNotExist:
        words = {"incident": _("There is no incident “%(ref)s” here.") % {"ref": ref}}
        raise ValidationError(words) from None


def incident_of(request: HttpRequest, ref: str, action: str = "view") -> Incident:
    """The incident of the address, for who may do `action`; 404 for one out of reach."""
    try:
        found = in_sight(person_of(request), ref, narrowed(_whole(), token_of(request)))  # type: ignore[arg-type]
    except Incident.DoesNotExist as error:
        raise Http404 from error
    authorize(person_of(request), action, found)
    return found


@cache
def _whole() -> IncidentQuerySet:
    """With the time. Made once: that takes as long as reading one."""
    return Incident.objects.for_page().annotate(read_at=moment.Read())


def matching(request: HttpRequest, asked: IncidentFilters) -> IncidentQuerySet:
    incidents = reachable(request)
    for word in asked.q.split():
        incidents = incidents.filter(
            Q(title__icontains=word) | Q(impact__icontains=word) | Q(workaround__icontains=word)
        )
    if asked.status:
        incidents = incidents.filter(_status(asked.status))
    if asked.mode:
        incidents = incidents.filter(mode__in=comma_list(asked.mode, "mode", Mode.values))
    if asked.product:
        incidents = incidents.filter(product=named_product(request, asked.product))
    if asked.severity:
        incidents = incidents.filter(severity__in=severities_of(asked.severity))
    return incidents.filter(declared_at__gte=asked.since) if asked.since else incidents


def _status(text: str) -> Q:
    words = comma_list(text, "status", ["open", *Status.values])
    statuses = {word for word in words if word != "open"}
    if "open" in words:
        statuses |= {Status.TRIAGE, Status.ACTIVE, Status.MONITORING}
    return Q(status__in=statuses)
