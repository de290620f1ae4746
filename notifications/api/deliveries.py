"""What did not arrive, and what one was told oneself. Those of one incident: `GET /incidents/{ref}/deliveries`."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Query

from accounts.access import authorize, has_role, teams_of
from accounts.bearer import person_of, refuse_narrow
from accounts.models import Role
from foundation.shapes import Listed, Paging, listed
from notifications import ways
from notifications.api.routing import ACTED_WITH, TOLD_WITH, router
from notifications.api.shapes import DeliveryShape, MessageShape, delivery_shape, message_shape
from notifications.models import Delivery, Kind, State
from notifications.sight import seen_by


@router.get("/deliveries", auth=TOLD_WITH, response=Listed[DeliveryShape], tags=["deliveries"])
def list_undelivered(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    """What did not arrive in the teams where one responds, until it is sent again or noted; the newest first."""
    refuse_narrow(request)
    user = person_of(request)
    mine = [team for team in teams_of(user) if has_role(user, team, Role.RESPONDER)]
    rows = seen_by(user, Delivery.objects.alarming().filter(team__in=mine))
    return listed(asked.page(rows, "-pk"), delivery_shape)


@router.post(
    "/deliveries/{delivery_id}/retry",
    auth=ACTED_WITH,
    response=DeliveryShape,
    tags=["deliveries"],
    summary="Retry delivery",
)
def retry(request: HttpRequest, delivery_id: int) -> dict[str, Any]:
    """Send it again, from now on for another 24 h. One that needs no further attempt stays as it is."""
    delivery = _delivery(request, delivery_id, "retry")
    ways.retry(delivery, by=person_of(request))
    delivery.refresh_from_db()
    return delivery_shape(delivery)


@router.post("/deliveries/{delivery_id}/note", auth=ACTED_WITH, response=DeliveryShape, tags=["deliveries"])
def note_undelivered(request: HttpRequest, delivery_id: int) -> dict[str, Any]:
    """Somebody knows that it did not arrive: the alarm about it ends."""
    delivery = _delivery(request, delivery_id, "note")
    ways.note_dead(delivery, by=person_of(request))
    delivery.refresh_from_db()
    return delivery_shape(delivery)


@router.get("/messages", auth=TOLD_WITH, response=Listed[MessageShape], tags=["deliveries"])
def list_messages(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    """What one was told oneself, the newest first."""
    refuse_narrow(request)
    mine = Delivery.objects.filter(user=person_of(request), route=Kind.INAPP, state=State.SENT)
    return listed(asked.page(mine, "-pk"), message_shape)


def _delivery(request: HttpRequest, pk: int, action: str) -> Delivery:
    refuse_narrow(request)
    rows: QuerySet[Delivery] = Delivery.objects.select_related("team")
    found = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise Http404
    authorize(person_of(request), action, found)
    return found
