"""Now: what is broken, how long is left, what do I do next.

What an open page shows keeps its order, so that nothing else slides under a finger: the page says which incidents it
shows (`shown`), and what is new comes last until the person asks for it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allowed, signed_in, teams_of
from accounts.models import User
from foundation import moment
from incidents import alarms, glance
from incidents.clocks.shown import ClockView
from incidents.lifecycle import setbacks
from incidents.messages import obligations
from incidents.models import Clock, Incident, Mode, Status, TimelineEvent
from incidents.overview import keep_rows, overview
from incidents.roles import holding
from incidents.telling import woken
from incidents.telling.escalation import Next
from incidents.work import verdicts
from incidents.work.next_action import Action, decision, next_action
from incidents.work.recovered import recovered
from incidents.work.taken import Taken, acknowledged, taken
from incidents.work.work import Work, read_all
from live import bus
from monitoring.maintenance.shown import on_now
from monitoring.models import Monitor, Target
from monitoring.shown import as_shown
from monitoring.unsure import unsure
from products.models import Product
from products.vocabulary import EventKind
from ui.htmx import by_htmx

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
    # Who acknowledged it, while nobody leads.
    taken: Taken | None = None
    # Its monitor, once that is up again.
    recovered: Target | None = None


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    shown = [int(n) for n in request.GET.getlist("shown")[:SHOWN] if n.isdecimal() and len(n) < 19]
    template = "incidents/now.html#board" if by_htmx(request) else "incidents/now.html"
    return render(request, template, _context(user, shown))


def _context(user: User, shown: list[int]) -> dict[str, object]:
    cursor, at = bus.cursor(), moment.now()
    found = _found(user, shown)
    with overview(found):
        cards, told = _cards(found, user, at), alarms.of(user, found)
    opened = [card for card in cards if card.incident.is_open]
    real = [card for card in opened if card.incident.mode == Mode.LIVE]
    cards = cards if opened else []
    loud = cards[0].action if cards else None
    watched = Monitor.objects.visible_to(user).watched()
    looks = watched.aggregate(monitors=Count("pk"), last_look=Max("looked_at"))
    unseen = unsure(watched, at)
    named = list(unseen.order_by("name")[: UNSURE + 1])
    return {
        "cards": cards,
        "order": [card.incident.number for card in cards],
        "added": sum(card.incident.number not in shown for card in cards) if shown else 0,
        "over": len(cards) - len(opened),
        "mine_open": len(real),
        "open_count": Incident.objects.visible_to(user).real().open().count()
        if len(cards) >= SHOWN
        else len(real),
        "unreal": len(opened) - len(real),
        "down": _down(user, opened),
        "unsure": named[:UNSURE],
        "unsure_count": unseen.count() if named[UNSURE:] else len(named),
        "maintenance": on_now(user, at),
        "alarms": alarms.unsaid(told, loud.title if loud else "")[:ALARMS],
        "owed": obligations.owed_by(user, at, OWED),
        **looks,
        "has_products": bool(cards) or Product.objects.visible_to(user).active().exists(),
        "recent": [] if cards else _recent(user),
        "at": at,
        "live_topics": [f"user:{user.pk}", *(f"board:{team.pk}" for team in teams_of(user))],
        "live_cursor": cursor,
    }


def _down(user: User, opened: list[Card]) -> list[Target]:
    """What is down, the longest first, without that of which a card tells."""
    told = [card.incident.target_id for card in opened if card.incident.target_id]
    rows = Target.objects.visible_to(user).down().exclude(pk__in=told)
    return list(rows.select_related("monitor__product").order_by("since")[:20])


def _recent(user: User) -> list[Incident]:
    ended = Incident.objects.visible_to(user).exclude(resolved_at=None)
    return list(ended.select_related("product", "severity").order_by("-resolved_at")[:3])


def _found(user: User, shown: list[int]) -> list[Incident]:
    """What the page shows already, in its order and even if it is over; then what is new, the worst first."""
    mine = Incident.objects.read_by(user)
    worst = mine.open().worst_first().values_list("number", flat=True)
    wanted = list(dict.fromkeys([*shown, *worst[:SHOWN]]))
    rows = mine.for_list().select_related("target__monitor", "lead").in_bulk(wanted, field_name="number")
    return [rows[number] for number in wanted if number in rows]


def _cards(found: list[Incident], user: User, at: datetime) -> list[Card]:
    keep_rows(found, "clocks", Clock.objects.filter(incident__in=found).order_by("cycle", "pk"))
    for one in found:
        glance.keep(one, "now", at)
    # Where a remedy is under way the process has a next step, contained it waits for a decision; who is listed may be
    # the one who decides.
    told = _told(found)
    decided = {one.incident_id for one in told if one.kind == EventKind.DECIDED}
    has = acknowledged(told)
    asks = [
        one
        for one in found
        if one.is_open
        and (one.remedy_at or holding.is_listed(one, user) or _contained(one) or one.pk in decided)
    ]
    work = read_all(asks)
    verdicts.read_all(found)
    asked = woken.next_of(found, at)
    cards = (_card(one, work.get(one.pk), user, at) for one in found)
    return [
        replace(
            card,
            next_to_wake=asked.get(card.incident.pk),
            taken=taken(card.incident, has.get(card.incident.pk), user),
        )
        for card in cards
    ]


def _told(found: list[Incident]) -> list[TimelineEvent]:
    """Who acknowledged those that nobody leads; and of those that nobody has acknowledged, whether somebody has
    decided: there nobody reads that nobody has it."""
    asked = [one for one in found if one.is_open and not (one.acknowledged_at and one.lead_id)]
    waiting = [one.pk for one in asked if not one.acknowledged_at]
    unled = [one.pk for one in asked if one.acknowledged_at]
    rows = TimelineEvent.objects.filter(
        Q(incident__in=waiting, kind=EventKind.DECIDED) | Q(incident__in=unled, kind=EventKind.ACKNOWLEDGED)
    )
    return list(rows.select_related("actor", "payload").order_by("seq")) if asked else []


def _contained(incident: Incident) -> bool:
    return incident.status == Status.MONITORING


def _decides(incident: Incident, user: User) -> str:
    """The role in which `user` decides, not as administrator."""
    role = holding.decides_as(incident, user) if incident.is_open else None
    return role.label if role and not role.broke_glass else ""


def _urgent(incident: Incident, at: datetime) -> Clock | None:
    """The running clock that is due first."""
    running = [clock for clock in glance.clocks_of(incident) if clock.is_running]
    return min(running, key=lambda clock: (clock.due_at is None, clock.due_at or at), default=None)


def _card(incident: Incident, work: Work | None, user: User, at: datetime) -> Card:
    clock, decides = _urgent(incident, at), _decides(incident, user)
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
    return Card(incident, view, action, recovered=recovered(incident, incident.target))
