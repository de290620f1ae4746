"""Now: what is broken, how long is left, what do I do next."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed, signed_in, teams_of
from accounts.models import User
from foundation import moment
from incidents.models import Clock, Incident
from incidents.next_action import Action, next_action
from incidents.page import ClockView
from live import bus
from monitoring.models import Monitor, Target
from products.models import Product

SHOWN = 50


@dataclass(frozen=True)
class Card:
    """An open incident as Now shows it: the clock that runs out first and the next action."""

    incident: Incident
    clock: ClockView | None
    action: Action | None


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    template = "incidents/now.html#board" if request.htmx else "incidents/now.html"  # type: ignore[attr-defined]
    return render(request, template, _context(user))


def _context(user: User) -> dict[str, object]:
    cursor, at = bus.cursor(), moment.now()
    cards = _cards(user, at)
    down = (
        Target.objects.visible_to(user)
        .down()
        .exclude(pk__in=[c.incident.target_id for c in cards if c.incident.target_id])
    )
    products = Product.objects.visible_to(user).active()
    return {
        "cards": cards,
        "mine_open": len(cards),
        "open_count": Incident.objects.visible_to(user).open().count() if len(cards) == SHOWN else len(cards),
        "down": list(down.select_related("monitor__product").order_by("since")[:20]),
        "monitors": Monitor.objects.visible_to(user).watched().count(),
        "last_look": Monitor.objects.visible_to(user)
        .watched()
        .order_by("-looked_at")
        .values_list("looked_at", flat=True)
        .exclude(looked_at=None)
        .first(),
        "has_products": bool(cards) or products.exists(),
        "recent": list(
            Incident.objects.visible_to(user)
            .exclude(resolved_at=None)
            .for_page()
            .order_by("-resolved_at")[:3]
        )
        if not cards
        else [],
        "at": at,
        "live_topics": [f"user:{user.pk}", *(f"board:{team.pk}" for team in teams_of(user))],
        "live_cursor": cursor,
    }


def _cards(user: User, at: datetime) -> list[Card]:
    incidents = list(Incident.objects.visible_to(user).open().for_page().worst_first()[:SHOWN])
    urgent: dict[int, Clock] = {}
    for clock in Clock.objects.running().filter(incident__in=incidents).order_by("due_at"):
        known = urgent.get(clock.incident_id)
        if known is None:
            urgent[clock.incident_id] = clock
    return [_card(incident, urgent.get(incident.pk), user, at) for incident in incidents]


def _card(incident: Incident, clock: Clock | None, user: User, at: datetime) -> Card:
    view = ClockView(clock, clock.reading(at), clock.sum(at)) if clock else None
    state = incident.target.state if incident.target else None
    action = next_action(incident, monitor_state=state) if allowed(user, "note", incident) else None
    return Card(incident, view, action)
