"""Decide: what waits for me, what is known about one, the choice in two taps, and what was decided."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import authorize, signed_in, teams_of
from accounts.models import User
from foundation.text import asked
from hotfixes.decision import deciders
from hotfixes.decision import facts as known
from hotfixes.decision.decide import Changed, Decided, decide, standing
from hotfixes.decision.forms import DecideForm
from hotfixes.decision.waiting import is_mine
from hotfixes.models import Choice, Decision
from incidents import glance
from incidents.glance import redactions_of
from incidents.lifecycle import TooLate
from incidents.models import Incident, Mode
from incidents.views.incident import fetch, zone_of
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
    waiting = _waiting(user)
    return render(request, "hotfixes/decisions.html", {
        "mine": [one for one in waiting if one.mine],
        "others": [one for one in waiting if not one.mine],
        "decided": _decided(user),
        "live_topics": [f"user:{user.pk}", *(f"board:{team.pk}" for team in teams_of(user))],
        "live_cursor": cursor,
    })  # fmt: skip


def _waiting(user: User) -> list[Waiting]:
    """Real ones before drills, then the worst first. As administrator alone nothing waits for one."""
    found = Incident.objects.read_by(user).open().for_page().worst_first()[:LOOKED_AT]
    rows = sorted((one for one in found if not standing(one)), key=lambda one: one.mode != Mode.LIVE)
    return [Waiting(one, is_mine(one, user), deciders.asked(one)) for one in rows]


def _decided(user: User) -> list[Decision]:
    mine = Incident.objects.visible_to(user)
    rows = Decision.objects.filter(incident__in=mine).select_related("incident__product__team", "by")
    return list(rows.order_by("-at", "-pk")[:DECIDED_SHOWN])


@require_safe
def decision_card(request: HttpRequest, ref: str) -> HttpResponse:
    """One phone screen: what is not known, what is, and the choice."""
    found = fetch(request, ref)
    return _card(request, found)


def _card(request: HttpRequest, found: Incident, status: int = 200, **extra: Any) -> HttpResponse:
    return render(
        request, "hotfixes/card_page.html", {**card(found, signed_in(request)), **extra}, status=status
    )


def card(found: Incident, reader: User) -> dict[str, Any]:
    """What the card shows `reader`, for its page and for the panel on the incident's."""
    read = known.facts(found, glance.now(found))
    stands = standing(found)
    return {
        "way": next((one for one in read["options"] if stands and one["key"] == stands.option), None),
        "incident": found,
        "facts": known.readable(read),
        "seen": known.seen(read),
        "standing": stands,
        "role": deciders.decider(found, reader) if found.is_open else None,
        "asked": deciders.asked(found),
        "roles": deciders.roles(found),
        "zone": zone_of(reader, found),
        "choices": Choice,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def decision_confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """The second tap: what is about to be decided once more, with the reason."""
    found = fetch(request, ref)
    authorize(request.user, "decide", found)
    if not found.is_open:
        return _card(request, found, status=409)
    with timezone.override(ZoneInfo(zone_of(request.user, found))):
        if request.method == "POST":
            form = DecideForm(request.POST, incident=found)
            return _decide(request, found, form) if form.is_valid() else _confirm(request, found, form, 422)
        now_stands = standing(found)
        initial = {
            name: asked(request, name) for name in ("choice", "option", "seen") if asked(request, name)
        }
        anew = asked(request, "anew")
        initial["instead_of"] = anew if anew.isdecimal() and len(anew) < 5 else ""
        if initial.get("choice") not in Choice.values or (now_stands and not anew):
            return redirect("decision_card", ref=found.ref)
        return _confirm(request, found, DecideForm(initial=initial, incident=found), 200)


def _confirm(request: HttpRequest, found: Incident, form: DecideForm, status: int) -> HttpResponse:
    context = card(found, signed_in(request))
    chosen = str(form["choice"].value() or "")
    context |= {"form": form, "choice": Choice(chosen) if chosen in Choice.values else None}
    if not context["role"]:
        raise Http404
    return render(request, "hotfixes/confirm.html", context, status=status)


def _decide(request: HttpRequest, found: Incident, form: DecideForm) -> HttpResponse:
    try:
        made = decide(found, by=signed_in(request), **form.facts())
    except Decided as late:
        return _card(request, late.incident, status=409, late=late)
    except TooLate as late:
        return _card(request, late.incident, status=409, gone=late)
    except Changed as changed:
        fresh = {**request.POST.dict(), "seen": card(found, signed_in(request))["seen"]}
        form = DecideForm(fresh, incident=found)
        form.add_error(None, changed)
        return _confirm(request, found, form, 409)
    except ValidationError as error:
        form.add_error(None, error)
        return _confirm(request, found, form, 422)
    if made.choice == Choice.MITIGATE and made.incident.status != "monitoring":
        return redirect("act", ref=found.ref, verb="mitigate")
    return redirect(found)


@require_safe
def decision(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What was decided, with the facts as they were shown then."""
    found = fetch(request, ref)
    made = found.decisions.with_words().filter(number=number).first()
    if made is None:
        raise Http404(_("There is no such decision."))
    made.incident = found
    context = {
        "incident": found,
        "decision": made,
        "facts": known.readable(made.shown),
        "whole": known.digest(made.shown) == made.digest,
        "taken": found.events.filter(kind=EventKind.REDACTED).exists() or redactions_of(found),
        "zone": zone_of(request.user, found),
    }
    return render(request, "hotfixes/decision.html", context)
