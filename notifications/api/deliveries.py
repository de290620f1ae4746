"""What did not arrive, and what one was told oneself. Those of one incident: `GET /incidents/{ref}/deliveries`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query
from pydantic import Field

from accounts.access import authorize, has_role, teams_of
from accounts.bearer import person_of, refuse_narrow
from accounts.models import Role
from foundation.shapes import Listed, Paging, listed
from notifications import held, ways
from notifications.api.routing import ACTED_WITH, TOLD_WITH, router
from notifications.api.shapes import DeliveryShape, MessageShape, delivery_shape, message_shape
from notifications.held import held_for
from notifications.models import Delivery, Kind, State
from notifications.sight import seen_by


class Undelivered(Paging):
    held: Annotated[
        bool, Field(description="Those that a restore holds back instead, in the teams that one administers.")
    ] = False


@router.get("/deliveries", auth=TOLD_WITH, response=Listed[DeliveryShape], tags=["deliveries"])
def list_undelivered(request: HttpRequest, asked: Query[Undelivered]) -> dict[str, Any]:
    """What did not arrive in the teams where one responds, until it is sent again or noted; the newest first."""
    refuse_narrow(request)
    user = person_of(request)
    if asked.held:
        return listed(asked.page(held_for(user), "-pk"), delivery_shape)
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
    return _done(request, delivery_id, "retry", ways.retry)


@router.post("/deliveries/{delivery_id}/note", auth=ACTED_WITH, response=DeliveryShape, tags=["deliveries"])
def note_undelivered(request: HttpRequest, delivery_id: int) -> dict[str, Any]:
    """Somebody knows that it did not arrive: the alarm about it ends."""
    return _done(request, delivery_id, "note", ways.note_dead)


@router.post(
    "/deliveries/{delivery_id}/release",
    auth=ACTED_WITH,
    response=DeliveryShape,
    tags=["deliveries"],
    summary="Release delivery",
)
def release_held(request: HttpRequest, delivery_id: int) -> dict[str, Any]:
    """After a restore: it goes out now. One that is not held stays as it is."""
    return _done(request, delivery_id, "release", _settling(held.release))


@router.post(
    "/deliveries/{delivery_id}/drop",
    auth=ACTED_WITH,
    response=DeliveryShape,
    tags=["deliveries"],
    summary="Drop delivery",
)
def drop_held(request: HttpRequest, delivery_id: int) -> dict[str, Any]:
    """After a restore: it is never sent, for it was before. One that is not held stays as it is."""
    return _done(request, delivery_id, "drop", _settling(held.drop))


@router.get("/messages", auth=TOLD_WITH, response=Listed[MessageShape], tags=["deliveries"])
def list_messages(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    """What one was told oneself, the newest first."""
    refuse_narrow(request)
    mine = Delivery.objects.filter(user=person_of(request), route=Kind.INAPP, state=State.SENT)
    return listed(asked.page(mine, "-pk"), message_shape)


def _settling(settle: Callable[..., object]) -> Callable[..., object]:
    """`settle`, which takes many, for one of those that are held."""
    return lambda delivery, *, by: settle(held_for(by).filter(pk=delivery.pk), by=by)


def _done(request: HttpRequest, pk: int, action: str, verb: Callable[..., object]) -> dict[str, Any]:
    """The delivery as it is once `verb` has been at it."""
    delivery = _delivery(request, pk, action)
    verb(delivery, by=person_of(request))
    delivery.refresh_from_db()
    return delivery_shape(delivery)


def _delivery(request: HttpRequest, pk: int, action: str) -> Delivery:
    refuse_narrow(request)
    found = get_object_or_404(Delivery.objects.select_related("team"), pk=pk)
    authorize(person_of(request), action, found)
    return found
