"""How each channel is doing, and what did not arrive, as pages show it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse

from accounts.access import Actor, has_role, teams_of
from accounts.models import Role, User
from foundation import secrets
from notifications.held import held_for
from notifications.models import Channel, Delivery, State
from notifications.queue import public
from notifications.sight import seen_by

SHOWN = 50
# Where the alarm stands: where one arrives, and where it is put right. An incident's page shows its own.
ALARM_PAGES = {"now", "incidents", "settings"}


@dataclass(frozen=True)
class Standing:
    """`last` is the newest delivery that was tried; None: nothing has gone through it yet. `lost`: no key opens its
    secret, as after a restore without them.
    """

    channel: Channel
    last: Delivery | None
    lost: bool


def standings(channels: QuerySet[Channel]) -> list[Standing]:
    """In two queries, however many there are."""
    tried = Delivery.objects.filter(channel=OuterRef("pk"), attempts__gt=0).order_by("-pk").values("pk")[:1]
    found = list(channels.annotate(last_tried=Subquery(tried)))
    last = Delivery.objects.in_bulk([pk for one in found if (pk := one.last_tried)])
    return [
        Standing(one, last.get(one.last_tried) if one.last_tried else None, not secrets.opens(one.sealed))
        for one in found
    ]


def request_url(channel: Channel) -> str:
    """What a Slack app calls with presses and replies; "" where there is none."""
    return public(reverse("slack", args=[channel.key])) if channel.key else ""


def undelivered(user: User) -> QuerySet[Delivery]:
    """What alarms in the teams where this person responds."""
    mine = [team for team in teams_of(user) if has_role(user, team, Role.RESPONDER)]
    rows = seen_by(user, Delivery.objects.alarming().filter(team__in=mine))
    return rows.select_related("team", "channel").order_by("rank", "-pk")[:SHOWN]


def of_incident(ref: str) -> list[Delivery]:
    """Everything told about `INC-42`, newest first; skips of the same kind are listed too, with their reason."""
    rows = Delivery.objects.about(ref).select_related("channel", "user").order_by("-pk")
    return list(rows[:200])


def alarm(request: HttpRequest) -> dict[str, Any]:
    """Context processor: how many messages did not arrive, have not yet, may have or are held, for the banners on the
    pages where one arrives."""
    user: Actor | None = getattr(request, "user", None)
    match = request.resolver_match
    if match is None or match.url_name not in ALARM_PAGES or not isinstance(user, User):
        return {}
    any_held = Delivery.objects.held().values_list("state")[:1]
    there = {
        state for (state,) in Delivery.objects.alarming().values_list("state")[:1].union(any_held, all=True)
    }
    troubles = Counter(one.trouble for one in undelivered(user)) if there - {State.HELD} else Counter[str]()
    return {
        "undelivered_count": troubles["lost"],
        "undelivered_yet": troubles["stuck"],
        "undelivered_maybe": troubles["unsure"],
        "held_count": held_for(user).count() if State.HELD in there else 0,
    }
