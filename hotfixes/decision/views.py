"""Decide: what waits for me, what is known about one, the choice in two taps, and what was decided."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import authorize, signed_in, teams_of
from accounts.models import User
from foundation import moment
from hotfixes.decision import comparing, deciders, refused
from hotfixes.decision import facts as known
from hotfixes.decision.card import card_page
from hotfixes.decision.second_tap import Confirming
from hotfixes.decision.waiting import is_mine, waiting
from hotfixes.models import Decision
from incidents import glance
from incidents.glance import redactions_of
from incidents.models import OPEN, Incident
from incidents.overview import overview
from incidents.views.incident import fetch, in_view, zone_of
from live import bus
from products.vocabulary import EventKind

LOOKED_AT, DECIDED_SHOWN = 100, 30


@dataclass(frozen=True)
class Waiting:
    """An open incident that nobody has decided on; `asked` are those who may."""

    incident: Incident
    mine: bool
    asked: list[User]


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    cursor = bus.cursor()
    found = _waiting(user)
    return render(request, "hotfixes/decisions.html", {
        "mine": [one for one in found if one.mine],
        "others": [one for one in found if not one.mine],
        "again": _again(user),
        "decided": _decided(user),
        "live_topics": [f"user:{user.pk}", *(f"board:{team.pk}" for team in teams_of(user))],
        "live_cursor": cursor,
    })  # fmt: skip


@require_safe
def decisions_waiting(request: HttpRequest) -> HttpResponse:
    """The number beside Decide alone, for live pages that follow something else."""
    return render(request, "ui/waiting.html")


def _waiting(user: User) -> list[Waiting]:
    """Real ones before drills, then the worst first. As administrator alone nothing waits for one."""
    mine = Incident.objects.read_by(user)
    found = waiting(mine.open().worst_first(), LOOKED_AT)
    with overview(found):
        return [Waiting(one, is_mine(one, user), deciders.asked(one)) for one in found]


def _again(user: User) -> list[Decision]:
    """What one wanted to look at again by now."""
    rows = Decision.objects.in_force().filter(
        by=user, revisit_at__lte=moment.now(), incident__status__in=OPEN
    )
    mine = rows.filter(incident__in=Incident.objects.visible_to(user))
    return list(mine.select_related("incident").order_by("revisit_at")[:LOOKED_AT])


def _decided(user: User) -> list[Decision]:
    mine = Incident.objects.visible_to(user)
    rows = Decision.objects.filter(incident__in=mine).select_related("incident", "by")
    return list(rows.order_by("-at", "-pk")[:DECIDED_SHOWN])


@require_safe
def decision_card(request: HttpRequest, ref: str) -> HttpResponse:
    """One phone screen: what is not known, what is, and the choice."""
    found = in_view(request, ref)
    topics, cursor = [f"incident:{found.pk}"], glance.cursor(found)
    return card_page(request, found, signed_in(request), live_topics=topics, live_cursor=cursor)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decision_confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """The second tap: what is about to be decided once more, with the reason."""
    found = fetch(request, ref)
    given = request.POST if request.method == "POST" else request.GET
    emergency = given.get("emergency") in ("1", "on", "True") and not deciders.decider(
        found, signed_in(request)
    )
    if not _may(request, found, "decide_in_emergency" if emergency else "decide"):
        # Not a bare refusal: the card says who decides, and how to reach them.
        return card_page(request, found, signed_in(request), status=403, refused=True)
    if not found.is_open:
        return card_page(request, found, signed_in(request), status=409)
    with timezone.override(ZoneInfo(zone_of(request.user, found))):
        return Confirming(request, found, signed_in(request), emergency=emergency).answer()


def _may(request: HttpRequest, found: Incident, action: str) -> bool:
    """Whoever tries without the right is refused, and that is on record."""
    try:
        authorize(request.user, action, found)
    except PermissionDenied:
        if request.method == "POST":
            roles = _(" or ").join(deciders.roles(found)) or _("A manager of the team")
            why = _("%(who)s decides here.") % {"who": roles}
            refused.record(found, by=signed_in(request), what="decide", why=why)
        return False
    return True


@require_safe
def decision(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What was decided, with the facts as they were shown then."""
    found = fetch(request, ref)
    made = found.decisions.with_words().filter(number=number).first()
    if made is None:
        raise Http404(_("There is no such decision."))
    made.incident = found
    shown = made.shown
    context = {
        "incident": found,
        "decision": made,
        "facts": known.readable(shown),
        # Decisions of before the card had columns kept less.
        "columns": comparing.columns(shown) if "hotfix" in shown else [],
        "whole": known.digest(shown) == made.digest,
        "taken": found.events.filter(kind=EventKind.REDACTED).exists() or redactions_of(found),
        "zone": zone_of(request.user, found),
    }
    return render(request, "hotfixes/decision.html", context)
