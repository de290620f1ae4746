"""Maintenance for scripts: what the pages can do, in a line of a deploy script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial, reduce
from operator import or_
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from accounts.access import authorize
from accounts.bearer import person_of, token_of
from accounts.replay import once_by_token
from foundation import moment
from foundation.problems import CONTENT_TYPE, problem
from foundation.shapes import (
    Body,
    Key,
    Line,
    Listed,
    Moment,
    OneLine,
    Paging,
    Plain,
    Text,
    Utc,
    address,
    comma_list,
    listed,
    utc,
)
from monitoring.api.operations import SEEN_WITH, SET_WITH
from monitoring.maintenance import verbs
from monitoring.maintenance.shown import with_all
from monitoring.models import Maintenance, Monitor, Phase
from monitoring.models.maintenance import MaintenanceQuerySet
from products.api import named_product
from products.models import Product
from products.token_products import narrowed

router = Router(tags=["maintenance"], auth=SET_WITH)
STATES = (Phase.PLANNED.value, Phase.ACTIVE.value, Phase.ENDED.value)
OVER: dict[str, Any] = {
    "responses": {
        409: {
            "description": "It is over, and nothing about it can be changed. `maintenance` says how it stands.",
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
}
EXAMPLE: JsonDict = {"product": "staff-mobile", "lasts_s": 1800, "reason": "New database"}
END: JsonDict = {"ends_at": "2026-11-22T04:00:00Z"}
Reason = Annotated[str, Field(max_length=300), Plain, OneLine]


class ActShape(Schema):
    """`kind`: `set`, `moved`, `ended` or `cancelled`; `ends_at` as it was from then on."""

    kind: str
    by: str
    at: Utc
    ends_at: Utc


class MaintenanceShape(Schema):
    """From `starts_at` up to `ends_at`. No `monitors`: the whole product, with whatever is added meanwhile."""

    id: int
    product: str
    monitors: list[str]
    starts_at: Utc
    ends_at: Utc
    state: Literal["planned", "active", "ended", "cancelled"]
    reason: str
    acts: list[ActShape]
    url: str


class NewMaintenance(Body):
    """Without `starts_at` from now on. Either `ends_at` or `lasts_s`: a minute at least, 7 days at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    product: Key
    monitors: Annotated[list[Line], Field(max_length=200)] = []
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    lasts_s: Annotated[int, Field(ge=60, le=7 * 86_400)] | None = None
    reason: Reason = ""


class MaintenanceEnd(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [END]})

    ends_at: Moment


class MaintenanceFilters(Paging):
    product: Annotated[Text, Field(description="Its slug.")] = ""
    state: Annotated[
        Text, Field(description="Comma list of planned, active, ended; what was cancelled is ended.")
    ] = ""


@router.get("/maintenance", auth=SEEN_WITH, response=Listed[MaintenanceShape])
def list_maintenance(request: HttpRequest, asked: Query[MaintenanceFilters]) -> dict[str, Any]:
    """Of one's products, what begins last first: so what is planned, then what is on, then what was."""
    rows, now = _reachable(request), moment.now()
    if asked.product:
        rows = rows.filter(product=named_product(request, asked.product))
    if asked.state:
        reads = {"planned": rows.planned, "active": rows.holding, "ended": rows.over}
        wanted = comma_list(asked.state, "state", STATES)
        rows = reduce(or_, (reads[state](now) for state in wanted))
    return listed(asked.page(with_all(rows), "-starts_at", "-pk"), lambda row: _shape(row, now))


@router.post("/maintenance", response={201: MaintenanceShape, 200: MaintenanceShape})
def set_maintenance(request: HttpRequest, body: NewMaintenance) -> Status[dict[str, Any]]:
    """While it holds monitors go on looking, their state is `maintenance`, and nothing that fails opens an incident or
    wakes anybody. What still fails at its end counts from then on. A begin of up to 5 minutes ago is now.
    """
    user, facts = person_of(request), body.facts()
    product = named_product(request, facts.pop("product"))
    authorize(user, "add_maintenance", product)
    if product.archived_at:
        raise ValidationError({"product": _("It is archived: nothing of it is watched.")})
    monitors = _monitors(product, facts.pop("monitors", []))
    lasts_s = facts.pop("lasts_s", None)
    if lasts_s and facts.get("ends_at"):
        raise ValidationError({"lasts_s": _("Say either until when or for how long.")})
    lasts = timedelta(seconds=lasts_s) if lasts_s else None

    def make() -> int:
        return verbs.set_maintenance(product, by=user, lasts=lasts, monitors=monitors, **facts).pk

    pk, fresh = once_by_token(request, "maintenance", body.model_dump(mode="json"), make)
    return Status(201 if fresh else 200, _read(request, int(pk)))


@router.get("/maintenance/{maintenance_id}", auth=SEEN_WITH, response=MaintenanceShape)
def read_maintenance(request: HttpRequest, maintenance_id: int) -> dict[str, Any]:
    """One window, with who set, moved, ended or cancelled it."""
    return _read(request, maintenance_id)


@router.patch("/maintenance/{maintenance_id}", response=MaintenanceShape, openapi_extra=OVER)
def change_maintenance(
    request: HttpRequest, maintenance_id: int, body: MaintenanceEnd
) -> dict[str, Any] | HttpResponse:
    """Moves its end, of one that is planned or on. 409 once it is over."""
    return _changed(request, maintenance_id, partial(verbs.move_end, ends_at=body.ends_at))


@router.post(
    "/maintenance/{maintenance_id}/end",
    response=MaintenanceShape,
    openapi_extra=OVER,
    summary="End maintenance",
)
def end_maintenance(request: HttpRequest, maintenance_id: int) -> dict[str, Any] | HttpResponse:
    """Ends it now; one that has not begun is cancelled. 409 once it is over."""
    return _changed(request, maintenance_id, verbs.end)


def _changed(request: HttpRequest, pk: int, verb: Callable[..., None]) -> dict[str, Any] | HttpResponse:
    found = get_object_or_404(with_all(_reachable(request)), pk=pk)
    authorize(person_of(request), "change", found)
    try:
        verb(found, by=person_of(request))
    except verbs.Over:
        words = _("It is over: nothing about it can be changed. Set another one.")
        return problem(409, words, maintenance=_read(request, pk))
    return _read(request, pk)


def _monitors(product: Product, slugs: list[str]) -> list[Monitor]:
    found = list(Monitor.objects.present().filter(product=product, slug__in=slugs))
    if missing := sorted(set(slugs) - {monitor.slug for monitor in found}):
        words = {"product": product.name, "slug": missing[0]}
        raise ValidationError({"monitors": _("%(product)s has no monitor “%(slug)s”.") % words})
    return found


def _reachable(request: HttpRequest) -> MaintenanceQuerySet:
    rows = Maintenance.objects.visible_to(person_of(request))
    return narrowed(rows, token_of(request))  # type: ignore[return-value]


def _read(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = get_object_or_404(with_all(_reachable(request)), pk=pk)
    authorize(person_of(request), "view", found)
    return _shape(found, moment.now())


def _shape(row: Maintenance, now: datetime) -> dict[str, Any]:
    """Wants a row of `with_all`."""
    return {
        "id": row.pk,
        "product": row.product.slug,
        "monitors": [monitor.slug for monitor in row.monitors.all()],
        "starts_at": utc(row.starts_at),
        "ends_at": utc(row.ends_at),
        "state": row.phase(now),
        "reason": row.reason,
        "acts": [
            {"kind": act.kind, "by": act.signature, "at": utc(act.at), "ends_at": utc(act.ends_at)}
            for act in row.acts.all()
        ],
        "url": address(row.get_absolute_url()),
    }
