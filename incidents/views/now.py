"""Now: what is broken, how long is left, what do I do next.

What an open page shows keeps its order, so that nothing else slides under a finger: the page says which incidents it
shows (`shown`), and what is new comes last until the person asks for it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allowed, signed_in, teams_of
from accounts.models import User
from foundation import moment
from incidents import alarms
from incidents.clocks.shown import ClockView
from incidents.lifecycle import setbacks
from incidents.messages import obligations
from incidents.models import Clock, Incident, Mode, Status, TimelineEvent
from incidents.roles import holding
from incidents.telling import woken
from incidents.telling.escalation import Next
from incidents.work import verdicts
from incidents.work.next_action import Action, decision, next_action
from incidents.work.work import Work, read_all
from live import bus
from monitoring.models import Monitor, Target
from monitoring.shown import as_shown
from monitoring.unsure import unsure
from products.models import Product, RoleHolder
from products.vocabulary import EventKind

SHOWN = 50
UNSURE = 3
ALARMS = 5
OWED = 5


@dataclass(frozen=True)
class Card:
    """An open incident as Now shows it: the clock that runs out first and the next action."""

    incident: Incident
    clock: ClockView | None
    action: Action | None
    # Who is asked next while nobody has acknowledged it.
    next_to_wake: Next | None = None


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    shown = [int(n) for n in request.GET.getlist("shown")[:SHOWN] if n.isdecimal() and len(n) < 19]
    template = "incidents/now.html#board" if request.htmx else "incidents/now.html"  # type: ignore[attr-defined]
    return render(request, template, _context(user, shown))


def _context(user: User, shown: list[int]) -> dict[str, object]:
    cursor, at = bus.cursor(), moment.now()
    cards = _cards(user, shown, at)
    opened = [card for card in cards if card.incident.is_open]
    real = [card for card in opened if card.incident.mode == Mode.LIVE]
    cards = cards if opened else []
    down = (
        Target.objects.visible_to(user)
        .down()
        .exclude(pk__in=[c.incident.target_id for c in opened if c.incident.target_id])
    )
    watched = Monitor.objects.visible_to(user).watched()
    unseen = unsure(watched, at)
    return {
        "cards": cards,
        "order": [card.incident.number for card in cards],
        "added": sum(card.incident.number not in shown for card in cards) if shown else 0,
        "moved": len(opened) < len(cards),
        "mine_open": len(real),
        "open_count": Incident.objects.visible_to(user).real().open().count()
        if len(cards) >= SHOWN
        else len(real),
        "unreal": len(opened) - len(real),
        "down": list(down.select_related("monitor__product").order_by("since")[:20]),
        "unsure": list(unseen.order_by("name")[:UNSURE]),
        "alarms": alarms.of(user)[:ALARMS],
        "owed": obligations.owed_by(user, at, OWED),
        "unsure_count": unseen.count(),
        "monitors": watched.count(),
        "last_look": watched.order_by("-looked_at")
        .values_list("looked_at", flat=True)
        .exclude(looked_at=None)
        .first(),
        "has_products": bool(cards) or Product.objects.visible_to(user).active().exists(),
        "recent": [] if cards else _recent(user),
        "at": at,
        "live_topics": [f"user:{user.pk}", *(f"board:{team.pk}" for team in teams_of(user))],
        "live_cursor": cursor,
    }


def _recent(user: User) -> list[Incident]:
    ended = Incident.objects.visible_to(user).exclude(resolved_at=None)
    return list(ended.for_page().order_by("-resolved_at")[:3])


def _cards(user: User, shown: list[int], at: datetime) -> list[Card]:
    """What the page shows already, in its order and even if it is over; then what is new, the worst first."""
    mine = Incident.objects.read_by(user).for_page()
    found = list(mine.open().worst_first()[:SHOWN])
    if shown:
        known = {incident.number: incident for incident in mine.filter(number__in=shown)}
        kept = [known[number] for number in dict.fromkeys(shown) if number in known]
        found = [*kept, *(incident for incident in found if incident.number not in known)]
    urgent: dict[int, Clock] = {}
    for clock in Clock.objects.running().filter(incident__in=[i.pk for i in found]).order_by("due_at"):
        urgent.setdefault(clock.incident_id, clock)
    # Where a remedy is under way the process has a next step, contained it waits for a decision; who is listed may be
    # the one who decides.
    listed = set(RoleHolder.objects.filter(user=user).values_list("product", flat=True))
    decided = _decided_before_taken(found)
    asks = [
        one
        for one in found
        if one.is_open and (one.remedy_at or one.product_id in listed or _contained(one) or one.pk in decided)
    ]
    work = read_all(asks)
    verdicts.read_all(found)
    asked = woken.next_of(found, at)
    cards = (
        _card(one, urgent.get(one.pk), work.get(one.pk), user, at, _decides(one, user, listed))
        for one in found
    )
    return [replace(card, next_to_wake=asked.get(card.incident.pk)) for card in cards]


def _decided_before_taken(found: list[Incident]) -> set[int]:
    """Which of those that nobody has acknowledged somebody has decided on: nobody reads there that nobody has it."""
    waiting = [one.pk for one in found if one.is_open and not one.acknowledged_at]
    rows = TimelineEvent.objects.filter(incident__in=waiting, kind=EventKind.DECIDED)
    return set(rows.values_list("incident", flat=True)) if waiting else set()


def _contained(incident: Incident) -> bool:
    return incident.status == Status.MONITORING


def _decides(incident: Incident, user: User, listed: set[int]) -> str:
    """The role in which `user` decides, not as administrator."""
    if not incident.is_open or incident.product_id not in listed:
        return ""
    role = holding.decides_as(incident, user)
    return role.label if role and not role.broke_glass else ""


def _card(
    incident: Incident, clock: Clock | None, work: Work | None, user: User, at: datetime, decides: str
) -> Card:
    view = ClockView(clock, clock.reading(at), clock.sum(at)) if clock else None
    state = as_shown([incident.target], at)[0].state if incident.target else None
    may = allowed(user, "note", incident)
    if may:
        action = next_action(
            incident,
            monitor_state=state,
            work=work,
            decides=decides,
            checks=verdicts.of(incident),
            reader=user,
        )
    else:
        action = decision(incident, decides, work) if decides and work else None
    if action and decides and work and action.verb == "decide" and not setbacks.standing(work.story.events):
        action = replace(action, title=_("Waits for you: hotfix or rollback?"))
    return Card(incident, view, action)
