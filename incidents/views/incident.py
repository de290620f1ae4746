"""One incident: the page, its regions when something changed, and every verb on it."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed, authorize, signed_in
from foundation import moment
from foundation.text import asked
from incidents import glance, panels
from incidents.forms.retold import retell
from incidents.forms.verbs import BreakGlassForm, NoteForm, VerbForm
from incidents.lifecycle import ended, transitions
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident, TimelineEvent
from incidents.models.incident import IncidentQuerySet
from incidents.page import page
from incidents.page.actions import OFFERS, Offer, menu
from incidents.sight import in_sight
from incidents.work.retold import asks_when
from monitoring.shown import as_shown
from ui.htmx import by_htmx


@require_safe
def incident(request: HttpRequest, ref: str) -> HttpResponse:
    # The cursor comes with it: what is announced after it will be sent, what was before it is in what is read below.
    found = lookup(request, ref, glance.for_page())
    if allowed(request.user, "break_glass", found):
        return redirect("break_glass", ref=ref)
    authorize(request.user, "view", found)
    if ref != found.ref:
        return redirect(found)
    everything = request.GET.get("entries") == "all"
    return render(
        request,
        "incidents/incident.html",
        context(request, found, everything=everything, live_cursor=glance.cursor(found)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: HttpRequest, ref: str) -> HttpResponse:
    """The door for administrators into a private incident: it asks why, and leaves a record."""
    found = lookup(request, ref)
    authorize(request.user, "break_glass", found)
    user = signed_in(request)
    form = BreakGlassForm(request.POST or None, incident=found, user=user)
    if request.method == "POST" and form.is_valid():
        transitions.break_glass(found, by=user, **form.facts())
        return redirect(found)
    status = 422 if form.is_bound else 200
    return render(request, "incidents/break_glass.html", {"ref": found.ref, "form": form}, status=status)


@require_safe
def fresh(request: HttpRequest, ref: str) -> HttpResponse:
    """The regions that change, for an open page that was told so."""
    return render(
        request, "incidents/incident.html#fresh", context(request, in_view(request, ref), with_lines=False)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, ref: str, verb: str) -> HttpResponse:
    """GET shows what is about to be done, POST does it."""
    offer = OFFERS.get(verb)
    if offer is None:
        raise Http404
    found = fetch(request, ref)
    authorize(request.user, offer.permission, found)
    with timezone.override(ZoneInfo(zone_of(request.user, found))):
        form = _form_of(request, found, offer)
        if request.method == "POST" and (form is None or form.is_valid()):
            return _do(request, found, offer, form)
        return _form(request, found, offer, form)


def _form_of(request: HttpRequest, found: Incident, offer: Offer) -> VerbForm | None:
    retold = asks_when(found, offer.verb)
    kind = offer.form or (VerbForm if retold else None)
    if kind is None:
        return None
    sent = (request.POST, request.FILES) if request.POST else (None, None)
    form = kind(*sent, incident=found, user=signed_in(request), **_asked(request, offer.verb))
    return retell(form) if retold else form


def _asked(request: HttpRequest, verb: str) -> dict[str, Any]:
    """Which line of the process led here (`?why=2`), which step, box or message (`?box=4`)."""
    if verb in ("defer", "assess"):
        return {"why": asked(request, "why")}
    named = {name: asked(request, name) for name in OFFERS[verb].prefill if name in request.GET}
    return {"initial": named} if named else {}


def _do(request: HttpRequest, found: Incident, offer: Offer, form: VerbForm | None) -> HttpResponse:
    try:
        done = offer.do(found, by=signed_in(request), **(form.facts() if form else {}))
    except TooLate as late:
        if _leads_on(request):
            return _lead_on(request, found, render_to_string("incidents/notice.txt", {"late": late}, request))
        return show(request, late.incident, late=late, typed=form.typed if form else "", status=409)
    except ValidationError as error:
        if form is None:
            return show(request, found, refused=error, status=409)
        form.add_error(None, error)
        return _form(request, found, offer, form)
    if _leads_on(request):
        _say_done(request, offer, done)
        return _lead_on(request, found)
    if by_htmx(request):
        found = in_view(request, found.ref)
        return render(
            request,
            "incidents/incident.html#fresh",
            context(request, found, with_lines=False, answered=offer.verb),
        )
    if form and offer.verb == "vouch":
        # Back to the message that the sentence is now part of, to be read once more and sent.
        return redirect("message", ref=found.ref, key=form.cleaned_data["message"])
    if offer.verb == "note":
        # On a phone the timeline is a part of its own, which only a script would choose again.
        return redirect(f"{found.get_absolute_url()}?part=timeline#timeline-title")
    _say_done(request, offer, done)
    return redirect(found)


def _say_done(request: HttpRequest, offer: Offer, done: object) -> None:
    """The page that is loaded next begins with it, and the focus is there: it would be nowhere."""
    words = done.get_kind_display() if isinstance(done, TimelineEvent) else offer.label
    messages.success(request, _("Done: %(what)s.") % {"what": words}, extra_tags="done")


def _leads_on(request: HttpRequest) -> bool:
    """A tap on another page (Now), which wants to be led to the incident."""
    return by_htmx(request) and "go" in request.POST


def _lead_on(request: HttpRequest, found: Incident, said: str = "") -> HttpResponse:
    if said:
        messages.warning(request, said)
    return HttpResponse(headers={"HX-Redirect": found.get_absolute_url()})


def _form(request: HttpRequest, found: Incident, offer: Offer, form: VerbForm | None) -> HttpResponse:
    status = 422 if form is not None and form.is_bound else 200
    if status == 422 and form is not None and by_htmx(request):
        # What was typed stays in the open page; only what is wrong with it is said.
        wrong = ValidationError([str(words) for errors in form.errors.values() for words in errors])
        return show(request, found, refused=wrong, status=422)
    if found.target:
        as_shown([found.target], moment.now())
    return render(
        request,
        offer.template,
        {
            "incident": found,
            "offer": offer,
            "form": form,
            "warnings": [] if status == 422 else offer.warn(found),
        },
        status=status,
    )


def show(request: HttpRequest, found: Incident, *, status: int, **extra: Any) -> HttpResponse:
    """The whole page, or for htmx its regions: with a notice when somebody was faster."""
    found = in_view(request, found.ref)
    whole = not by_htmx(request)
    template = "incidents/incident.html" if whole else "incidents/incident.html#fresh"
    return render(
        request,
        template,
        context(request, found, with_lines=whole, live_cursor=glance.cursor(found), **extra),
        status=status,
    )


def context(
    request: HttpRequest,
    found: Incident,
    *,
    everything: bool = False,
    with_lines: bool = True,
    typed: str = "",
    **extra: Any,
) -> dict[str, Any]:
    reader = signed_in(request)
    with glance.glance(found):
        shown = page.read(found, reader, glance.now(found), everything=everything, with_lines=with_lines)
        drawn = panels.shown(request, found)
    return {
        "page": shown,
        "incident": found,
        "panels": drawn,
        "places": {panel.place for panel in drawn},
        "ended": ended.read(found, reader, shown.now),
        "menu": menu(found) if shown.may_respond else [],
        "note": NoteForm(incident=found, user=reader, initial={"text": typed}) if shown.may_respond else None,
        "zone": zone_of(reader, found),
        "live_topics": [f"incident:{found.pk}", f"user:{reader.pk}"],
        **extra,
    }


def fetch(request: HttpRequest, ref: str) -> Incident:
    """The incident, or 404 for one that this person may not even know of."""
    found = lookup(request, ref)
    authorize(request.user, "view", found)
    return found


def in_view(request: HttpRequest, ref: str) -> Incident:
    """The same for a page that shows it at once, after whatever was done to it."""
    found = lookup(request, ref, glance.for_page())
    authorize(request.user, "view", found)
    return found


def lookup(request: HttpRequest, ref: str, rows: IncidentQuerySet | None = None) -> Incident:
    """The incident, for a caller who authorizes; 404 where there is none, and already for most who may not see it."""
    try:
        return in_sight(signed_in(request), ref, _whole() if rows is None else rows)
    except Incident.DoesNotExist as error:
        raise Http404 from error


@cache
def _whole() -> IncidentQuerySet:
    """As its page reads it, without what only that page asks. Made once; each use of it is a copy."""
    return Incident.objects.for_page()


def zone_of(user: Any, found: Incident) -> str:
    """The zone in which this person types and reads times."""
    return user.time_zone or found.product.team.time_zone
