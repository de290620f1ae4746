"""Alerts of other tools for scripts: the sources, as the pages set them up, and what they told."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import person_of, token_of
from accounts.replay import once_by_token
from foundation.shapes import (
    Body,
    Key,
    Line,
    Listed,
    Paging,
    Text,
    Utc,
    address,
    comma_list,
    listed,
    utc,
    utc_or_none,
)
from monitoring.alerts import sources
from monitoring.alerts.end import end
from monitoring.alerts.shown import named, with_all
from monitoring.api.operations import SEEN_WITH, SET_WITH, Verbs, allowed_one, called
from monitoring.models import Alert, AlertSource, AlertState, Tool
from products.api import named_product
from products.models import Product
from products.token_products import narrowed

router = Router(tags=["alerts"], auth=SET_WITH)


class SourceShape(Schema):
    """A tool that sends alerts. `problem` is the code of what was wrong with what came last, "" if nothing.

    `send_to` and `key` are told by `POST /alert_sources` and `…/rotate_key` only.
    """

    slug: str
    name: str
    tool: Tool
    product: str
    environment: str | None
    severities: dict[str, str]
    severity: str
    opens_incident: bool
    enabled: bool
    archived_at: Utc | None
    received_at: Utc | None
    problem: str
    problem_detail: str
    problem_at: Utc | None
    send_to: str | None
    key: str | None
    url: str


class AlertShape(Schema):
    """`count`: how often it was told that it fires. `incident`: the last one that it is part of.

    `held_until`: the end of the maintenance that holds it back; null where none does. `ended_by`: the person who said
    that it is over; null where its source did.
    """

    id: int
    source: str
    product: str
    fingerprint: str
    state: AlertState
    title: str
    detail: str
    severity: str
    labels: dict[str, str]
    link: str | None
    started_at: Utc
    ended_at: Utc | None
    ended_by: str | None
    first_seen: Utc
    last_seen: Utc
    count: int
    incident: str | None
    held_until: Utc | None


class SourceFacts(Body):
    """What may be changed; what is left out stays. `severities`: the tool's word to the key of a severity."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"severities": {"page": "critical"}}]})

    name: Annotated[Line, Field(max_length=120)] = ""
    product: Key = ""
    environment: Line = ""
    severities: Annotated[dict[Line, Line], Field(max_length=sources.MOST_WORDS)] = {}
    severity: Line = ""
    opens_incident: bool = True


class NewSource(SourceFacts):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"tool": "alertmanager", "product": "staff-mobile", "name": "Prometheus"}]
        }
    )

    tool: Tool = Field(strict=False)
    product: Key


class SourceFilters(Paging):
    product: Annotated[Text, Field(description="Its slug.")] = ""
    archived: Annotated[bool, Field(description="The archived ones instead.")] = False


class AlertFilters(Paging):
    q: Annotated[Text, Field(description="Words of its title, labels (instance=web1) or source.")] = ""
    product: Annotated[Text, Field(description="Its slug.")] = ""
    source: Annotated[Text, Field(description="The source's slug.")] = ""
    state: Annotated[Text, Field(description="Comma list of firing, resolved.")] = ""


@router.get("/alerts", auth=SEEN_WITH, response=Listed[AlertShape])
def list_alerts(request: HttpRequest, asked: Query[AlertFilters]) -> dict[str, Any]:
    """What the sources of one's products told, the newest state first."""
    rows = named(Alert.objects.filter(source__in=_reachable(request)), asked.q)
    if asked.product:
        rows = rows.filter(source__product=named_product(request, asked.product))
    if asked.source:
        rows = rows.filter(source=_named(request, asked.source))
    if asked.state:
        rows = rows.filter(state__in=comma_list(asked.state, "state", AlertState.values))
    return listed(asked.page(with_all(rows), "-since", "-pk"), alert_shape)


@router.post("/alerts/{alert_id}/end", response=AlertShape, summary="End alert")
def end_alert(request: HttpRequest, alert_id: int) -> dict[str, Any]:
    """It is over, for tools that never say so; its incident is told. One that was over already stays as it is. When its
    tool says again that it fires, it fires anew."""
    user = person_of(request)
    rows = with_all(Alert.objects.filter(source__in=_reachable(request), pk=alert_id))
    alert = get_object_or_404(rows)
    authorize(user, "end", alert)
    end(alert, by=user)
    return alert_shape(rows.get())


@router.get("/alert_sources", auth=SEEN_WITH, response=Listed[SourceShape])
def list_sources(request: HttpRequest, asked: Query[SourceFilters]) -> dict[str, Any]:
    """Those of one's products, by name; archived ones apart."""
    rows = _reachable(request).filter(archived_at__isnull=not asked.archived)
    if asked.product:
        rows = rows.filter(product=named_product(request, asked.product))
    return listed(asked.page(rows, "name", "pk"), source_shape)


@router.post("/alert_sources", response={201: SourceShape, 200: SourceShape})
def connect_source(request: HttpRequest, body: NewSource) -> Status[dict[str, Any]]:
    """Another tool that sends alerts. `send_to` and `key` say what to set there."""
    user, facts = person_of(request), body.facts()
    product = named_product(request, facts.pop("product"))
    authorize(user, "add_monitor", product)
    facts = _with_place(product, facts)

    def make() -> str:
        with transaction.atomic():
            return sources.connect(product, by=user, **facts).slug

    slug, fresh = once_by_token(request, "alert_source", body.model_dump(mode="json"), make)
    return Status(201 if fresh else 200, source_shape(source_of(request, slug), with_key=True))


@router.get("/alert_sources/{slug}", auth=SEEN_WITH, response=SourceShape)
def read_source(request: HttpRequest, slug: str) -> dict[str, Any]:
    """One source, with what was wrong with what came last."""
    return source_shape(source_of(request, slug))


@router.patch("/alert_sources/{slug}", response=SourceShape)
def change_source(request: HttpRequest, slug: str, body: SourceFacts) -> dict[str, Any]:
    """Changes what is given."""
    source, user, facts = source_of(request, slug, "edit"), person_of(request), body.facts()
    if "product" in facts:
        facts["product"] = named_product(request, facts["product"])
        authorize(user, "add_monitor", facts["product"])
    sources.change(source, by=user, **_with_place(facts.get("product", source.product), facts))
    return source_shape(source_of(request, slug))


@router.post("/alert_sources/{slug}/rotate_key", response=SourceShape, summary="Rotate key of alert source")
def rotate_source_key(request: HttpRequest, slug: str) -> dict[str, Any]:
    """A new key, told only now; the old one opens nothing from now on."""
    sources.rotate_key(source_of(request, slug, "rotate_key"), by=person_of(request))
    return source_shape(source_of(request, slug), with_key=True)


def source_of(request: HttpRequest, slug: str, action: str = "view") -> AlertSource:
    """The source of the address, for who may do `action`; 404 for one out of reach."""
    return allowed_one(request, _reachable(request), slug, action)


def _named(request: HttpRequest, slug: str) -> AlertSource:
    """The source that a filter names. A misspelt one is no empty list."""
    found = called(_reachable(request), slug)
    if found is None:
        raise ValidationError({"source": _("There is no alert source “%(slug)s” here.") % {"slug": slug}})
    return found


def _reachable(request: HttpRequest) -> QuerySet[AlertSource]:
    rows = narrowed(AlertSource.objects.visible_to(person_of(request)), token_of(request))
    return rows.select_related("product__team", "product__process", "environment")


def _with_place(product: Product, facts: dict[str, Any]) -> dict[str, Any]:
    """The environment by its slug; "" is none."""
    if slug := facts.get("environment"):
        facts["environment"] = product.environments.filter(slug__iexact=slug).first()
        if facts["environment"] is None:
            words = {
                "product": product.name,
                "names": ", ".join(one.slug for one in product.environments.all()),
            }
            raise ValidationError(
                {"environment": _("%(product)s has these environments: %(names)s.") % words}
            )
    elif "environment" in facts:
        facts["environment"] = None
    return facts


def source_shape(source: AlertSource, *, with_key: bool = False) -> dict[str, Any]:
    same = (
        "slug",
        "name",
        "tool",
        "severities",
        "severity",
        "opens_incident",
        "enabled",
        "problem",
        "problem_detail",
    )
    return {
        **{name: getattr(source, name) for name in same},
        "product": source.product.slug,
        "environment": source.environment and source.environment.slug,
        "archived_at": utc_or_none(source.archived_at),
        "received_at": utc_or_none(source.received_at),
        "problem_at": utc_or_none(source.problem_at),
        "send_to": sources.url_of(source) if with_key else None,
        "key": sources.key_of(source) if with_key else None,
        "url": address(source.get_absolute_url()),
    }


def alert_shape(alert: Alert) -> dict[str, Any]:
    same = ("fingerprint", "state", "title", "detail", "severity", "labels", "count")
    return {
        **{name: getattr(alert, name) for name in same},
        "id": alert.pk,
        "source": alert.source.slug,
        "product": alert.source.product.slug,
        "link": alert.link or None,
        "started_at": utc(alert.started_at),
        "ended_at": utc_or_none(alert.ended_at),
        "ended_by": alert.ended_by_name or None,
        "first_seen": utc(alert.first_seen),
        "last_seen": utc(alert.last_seen),
        "incident": alert.incident or None,
        "held_until": utc_or_none(alert.held_until),
    }


_verbs = Verbs(router, "alert_source", source_of, source_shape, SourceShape)
_verbs.add("enable", sources.enable, "Listen again.")
_verbs.add("disable", sources.disable, "What arrives is kept, and judged by nobody.")
_verbs.add("archive", sources.archive, "Its key opens nothing, for good; its history stays.")
