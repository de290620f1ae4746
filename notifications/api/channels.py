"""Ways to a team's room and to one's own phone: list, add, change, archive, restore, send a test."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Status
from pydantic import Field

from accounts.access import authorize, teams_of
from accounts.bearer import person_of, token_of
from accounts.models import Team
from accounts.replay import once_by_token
from foundation.shapes import Listed, Paging, Text, listed
from notifications import ways
from notifications.api.routing import SEEN_WITH, SET_WITH, router
from notifications.api.shapes import (
    ChannelFacts,
    ChannelShape,
    MadeChannel,
    NewChannel,
    TestResult,
    channel_shape,
)
from notifications.channels import WAYS
from notifications.models import Audience, Channel, Kind
from notifications.standing import request_url, standings
from products.models import Product
from products.token_products import products_of

CONFIG = ("address", "url", "room", "token", "secret")


class ChannelFilters(Paging):
    team: Annotated[Text, Field(description="Its slug.")] = ""
    archived: Annotated[bool, Field(description="The archived ones instead.")] = False


@router.get("/channels", auth=SEEN_WITH, response=Listed[ChannelShape])
def list_channels(request: HttpRequest, asked: Query[ChannelFilters]) -> dict[str, Any]:
    """Those of one's teams and one's own, by name; archived ones apart."""
    rows = _reachable(request).filter(archived_at__isnull=not asked.archived)
    if asked.team:
        rows = rows.filter(team=_named_team(request, asked.team))
    found = asked.page(rows, "name", "pk")
    shown = {one.channel.pk: one for one in standings(_whole([channel.pk for channel in found.items]))}
    return listed(found, lambda channel: channel_shape(shown[channel.pk]))


@router.post("/channels", auth=SET_WITH, response={201: MadeChannel, 200: MadeChannel})
def add_channel(request: HttpRequest, body: NewChannel) -> Status[dict[str, Any]]:
    """A way to tell people. Where it leads is sealed and never told again; send a test next."""
    user, team = person_of(request), _team(request, body.team)
    told: list[str] = []
    products = _products(request, body.products)
    _refuse_wider(request, team, products)
    if not ways.may_set_up(user, Kind(body.kind), team):
        raise PermissionDenied(_("Only an administrator of the team sets up such a channel."))
    config = _config(Kind(body.kind), body)

    def add() -> int:
        given = dict(config)
        channel = ways.add_channel(
            kind=Kind(body.kind),
            name=body.name,
            config=given,
            by=user,
            team=team,
            products=products,
            audience=Audience(body.audience),
        )
        told.extend(given[name] for name in given.keys() - config.keys())  # made, not given: a signing secret
        return channel.pk

    pk, fresh = once_by_token(request, "channel", body.model_dump(mode="json"), add)
    made = _reachable(request).get(pk=pk)
    called = request_url(made)
    shape = {**_shape(made), "secret": told[0] if told else None, "request_url": called or None}
    return Status(201 if fresh else 200, shape)


@router.get("/channels/{channel_id}", auth=SEEN_WITH, response=ChannelShape)
def read_channel(request: HttpRequest, channel_id: int) -> dict[str, Any]:
    """One channel and how its newest message fared."""
    return _shape(_channel(request, channel_id, "view"))


@router.patch("/channels/{channel_id}", auth=SET_WITH, response=ChannelShape)
def change_channel(request: HttpRequest, channel_id: int, body: ChannelFacts) -> dict[str, Any]:
    """Changes what is given; secrets that are left out stay as they are."""
    channel, facts = _channel(request, channel_id, "edit"), body.facts()
    kept = [product.slug for product in channel.products.all()]
    products = _products(request, facts.get("products", kept))
    _refuse_wider(request, channel.team, products)
    config = _config(Kind(channel.kind), body, channel)
    name = facts.get("name", channel.name)
    audience = Audience(facts.get("audience", channel.audience))
    ways.edit_channel(
        channel, name=name, config=config, by=person_of(request), products=products, audience=audience
    )
    return _shape(_reachable(request).get(pk=channel.pk))


@router.post("/channels/{channel_id}/test", auth=SET_WITH, response=TestResult)
def test_channel(request: HttpRequest, channel_id: int) -> dict[str, Any]:
    """Sends one message now and says what happened. 200 also when it failed: `result` tells."""
    channel = _channel(request, channel_id, "test")
    if channel.archived_at:
        raise ValidationError(_("It is archived. Restore it first."))
    outcome = ways.send_test(channel, by=person_of(request))
    # Of what nobody knows the sentence says so; for a program it did not go out.
    result = "dead" if outcome.result == "unsure" else outcome.result
    return {"result": result, "detail": outcome.detail}


@router.post("/channels/{channel_id}/archive", auth=SET_WITH, response=ChannelShape)
def archive_channel(request: HttpRequest, channel_id: int) -> dict[str, Any]:
    """Used no longer; what still waits for it is not sent. Nothing to do is no error."""
    channel = _channel(request, channel_id, "archive")
    if channel.archived_at is None:
        ways.archive_channel(channel, by=person_of(request))
    return _shape(_reachable(request).get(pk=channel.pk))


@router.post("/channels/{channel_id}/restore", auth=SET_WITH, response=ChannelShape)
def restore_channel(request: HttpRequest, channel_id: int) -> dict[str, Any]:
    """In use again, from the next message on. Nothing to do is no error."""
    channel = _channel(request, channel_id, "restore")
    if channel.archived_at:
        ways.restore_channel(channel, by=person_of(request))
    return _shape(_reachable(request).get(pk=channel.pk))


def _reachable(request: HttpRequest) -> QuerySet[Channel]:
    """What person and token reach: a narrow token only what is for its products alone."""
    rows = Channel.objects.visible_to(person_of(request)).select_related("team", "user")
    known = products_of(token_of(request))
    if known:
        others = Channel.objects.filter(products__in=Product.objects.exclude(pk__in=known))
        rows = rows.filter(products__in=known).exclude(pk__in=others.values("pk")).distinct()
    return rows


def _channel(request: HttpRequest, pk: int, action: str) -> Channel:
    found = get_object_or_404(_reachable(request), pk=pk)
    authorize(person_of(request), action, found)
    return found


def _team(request: HttpRequest, slug: str | None) -> Team | None:
    if not slug:
        return None
    team = _named_team(request, slug)
    authorize(person_of(request), "add_channel", team)
    return team


def _named_team(request: HttpRequest, slug: str) -> Team:
    team = teams_of(person_of(request)).filter(slug=slug).first()
    if team is None:
        raise ValidationError({"team": _("There is no team “%(slug)s” here.") % {"slug": slug}})
    return team


def _products(request: HttpRequest, slugs: list[str]) -> list[Product]:
    found = list(Product.objects.visible_to(person_of(request)).filter(slug__in=slugs))
    missing = sorted(set(slugs) - {product.slug for product in found})
    if missing:
        raise ValidationError({"products": _("There is no product “%(slug)s” here.") % {"slug": missing[0]}})
    return found


def _refuse_wider(request: HttpRequest, team: Team | None, products: list[Product]) -> None:
    known = products_of(token_of(request))
    if known and (team is None or not products or not {product.pk for product in products} <= known):
        raise PermissionDenied(_("This token is for some products only; name them as the channel's."))


def _config(kind: Kind, body: ChannelFacts, channel: Channel | None = None) -> dict[str, str]:
    """What was given of where it leads, checked by the page's own form. ValidationError by field."""
    given = {name: text for name in CONFIG if (text := getattr(body, name))}
    nulls = {name for name in CONFIG if channel and getattr(body, name) is None}
    typed = {"name": body.name or "-", **given, **{f"forget_{name}": True for name in nulls}}
    form = WAYS[kind].form(typed, known=channel is not None, is_set=ways.set_of(channel) if channel else ())
    if needed := sorted(nulls & set(form.secrets) - set(form.clearable)):
        raise ValidationError({needed[0]: _("It does not go without one.")})
    foreign = sorted({*given, *nulls} - set(form.secrets))
    if foreign:
        words = {"kind": kind.value, "known": ", ".join(form.secrets)}
        raise ValidationError({foreign[0]: _("A channel of the kind %(kind)s takes: %(known)s.") % words})
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.config()


def _shape(channel: Channel) -> dict[str, Any]:
    return channel_shape(standings(_whole([channel.pk]))[0])


def _whole(pks: list[int]) -> QuerySet[Channel]:
    return Channel.objects.filter(pk__in=pks).select_related("team", "user").prefetch_related("products")
