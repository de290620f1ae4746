"""Declaring from a phone: two taps and a sentence; what is open is offered before something new is made."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, authorize, signed_in
from accounts.models import User
from foundation import moment
from foundation.idempotency import Reused, fingerprint, once
from foundation.text import asked
from incidents.clocks.shown import clock_views
from incidents.forms.declare import DeclareForm, JoinForm
from incidents.lifecycle.alike import ALIKE, likeness
from incidents.lifecycle.declare import declare
from incidents.lifecycle.transitions import note
from incidents.models import Incident, Mode
from incidents.views.incident import fetch, zone_of
from incidents.work.retold import asks_when
from monitoring.models import Target
from notifications.standing import of_incident
from products.aliases import called
from products.models import Product
from ui.htmx import by_htmx

# The same words from the same person within this time are asked about.
LATELY = timedelta(minutes=30)
# How many open incidents of a product are compared with what is typed.
WEIGHED = 200


@require_http_methods(["GET", "HEAD", "POST"])
def declare_page(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = DeclareForm(
        request.POST or None, user=user, product=_wanted(request, user), initial=_initial(request)
    )
    zone = user.time_zone or (form.chosen.team.time_zone if form.chosen else "UTC")
    with timezone.override(ZoneInfo(zone)):
        return _answer(request, user, form)


def _answer(request: HttpRequest, user: User, form: DeclareForm) -> HttpResponse:
    if request.method == "POST" and "look" not in request.POST and form.is_valid():
        return _declare(request, user, form)
    if request.method == "POST" and "look" in request.POST:
        # Another product was chosen without script: show its severities, keep what was typed, complain
        # about nothing yet.
        form = DeclareForm(user=user, product=form.chosen, initial=request.POST.dict())
    return _show(request, form)


def _declare(request: HttpRequest, user: User, form: DeclareForm) -> HttpResponse:
    facts = dict(form.cleaned_data)
    key, product = facts.pop("key"), facts.pop("product")
    authorize(user, "declare", product)
    body = {**facts, "product": product.slug, "severity": str(facts["severity"] or "")}

    def do() -> str:
        if "again" not in request.POST and (same := _same(user, product, facts["title"])):
            raise Same(same)
        return declare(product, by=user, **facts).ref

    try:
        ref, _fresh = once(f"user:{user.pk}", f"declare:{key}" if key else "", body, do)
    except Same as found:
        return _show(request, form, same=found.incident)
    except Reused as reused:
        form.add_error(
            None,
            _("This form has already opened %(ref)s. Load the page again to open another one.")
            % {"ref": reused.answer},
        )
        return _show(request, form)
    except ValidationError as error:
        form.add_error(None, error)
        return _show(request, form)
    return redirect("declared", ref=ref)


class Same(Exception):
    """The person has declared this a moment ago: they came back to the form and sent it again."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(incident.ref)
        self.incident = incident


def _same(user: User, product: Product, title: str) -> Incident | None:
    """What this person has opened with the same words lately, and is open still."""
    lately = moment.now() - LATELY
    mine = Incident.objects.visible_to(user).open().filter(declared_by=user, product=product)
    return mine.filter(title__iexact=title, declared_at__gte=lately).order_by("-declared_at").first()


def _show(request: HttpRequest, form: DeclareForm, same: Incident | None = None) -> HttpResponse:
    part = ("#already" if request.POST.get("look") == "already" else "#choice") if by_htmx(request) else ""
    status = 409 if same else 422 if form.is_bound and form.errors else 200
    context = {"form": form, "same": same, **around(request.user, form)}
    return render(request, f"incidents/declare.html{part}", context, status=status)


def around(user: Any, form: DeclareForm) -> dict[str, Any]:
    """What is already known about the chosen product: open incidents to join, monitors that are down."""
    if not form.chosen:
        return {"open_incidents": [], "down": [], "eligibility": None}
    # A drill is not joined as if it were real, nor what is told afterwards.
    mode = str(form["mode"].value())
    mode = mode if mode in Mode.values else Mode.LIVE
    mine, alike = _known(user, form.chosen, str(form["title"].value() or ""), mode)
    down = (
        Target.objects.down().filter(monitor__product=form.chosen).select_related("monitor").order_by("since")
    )
    version = form.chosen.process.current
    return {
        "open_incidents": mine,
        "sounds_alike": alike,
        "down": down[:5],
        "eligibility": version.document.get("eligibility") if version else None,
        "clock_rules": version.clocks() if version else [],
    }


def _known(user: Any, product: Product, typed: str, mode: str) -> tuple[list[Incident], bool]:
    """Up to five that are open: what sounds like `typed` first, then the newest; and whether anything does."""
    newest = (
        Incident.objects.visible_to(user).open().filter(product=product, mode=mode).select_related("severity")
    )
    found = list(newest.order_by("-declared_at")[:WEIGHED])
    scores = {one.pk: likeness(typed, f"{one.title} {one.impact}") for one in found}
    alike = [one for one in found if scores[one.pk] >= ALIKE]
    alike.sort(key=lambda one: -scores[one.pk])
    return [*alike, *(one for one in found if one not in alike)][:5], bool(alike)


def _wanted(request: HttpRequest, user: User) -> Product | None:
    """The product of the link, else the one that is down now, else the one last declared for."""
    mine = Product.objects.visible_to(user).active()
    slug = asked(request, "product")
    if slug:
        found = mine.filter(slug=slug).first() or called(mine, slug)
        if found:
            return found
    down = (
        Target.objects.down()
        .filter(monitor__product__in=mine)
        .order_by("-since")
        .values_list("monitor__product", flat=True)
    )
    last = (
        Incident.objects.filter(declared_by=user).order_by("-declared_at").values_list("product", flat=True)
    )
    wanted = down.first() or last.first()
    return mine.filter(pk=wanted).first() if wanted else None


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What a link says: a title, and `mode=drill` from the end of a product's set-up."""
    mode = asked(request, "mode")
    return {"title": asked(request, "title"), **({"mode": mode} if mode in Mode.values else {})}


@require_safe
def declared(request: HttpRequest, ref: str) -> HttpResponse:
    """The receipt: what was opened, which clocks run, what to do next."""
    found = fetch(request, ref)
    context = {
        "incident": found,
        "clocks": clock_views(found, moment.now()),
        "deliveries": of_incident(found.ref),
        "zone": zone_of(request.user, found),
        "may_take": _may_take(request.user, found),
    }
    return render(request, "incidents/declared.html", context)


def _may_take(user: Any, found: Incident) -> bool:
    """Who declares often is the one who is on it. What is entered afterwards asks when that was, on its own page."""
    taken = found.acknowledged_at or not found.is_open or asks_when(found, "acknowledge")
    return not taken and allowed(user, "acknowledge", found)


@require_POST
def join(request: HttpRequest, ref: str) -> HttpResponse:
    """Not a second incident: what was typed becomes a note in the one that is open."""
    found = fetch(request, ref)
    form = JoinForm(request.POST)
    if form.is_valid() and form.cleaned_data["title"] and allowed(request.user, "note", found):
        text = _("Also reported: %(text)s") % {"text": form.cleaned_data["title"]}
        key = form.cleaned_data["key"]
        once(
            f"user:{request.user.pk}",
            key and f"join:{found.pk}:{key}:{fingerprint(text)}",
            text,
            lambda: str(note(found, by=signed_in(request), text=text).seq),
        )
    return redirect(found)
