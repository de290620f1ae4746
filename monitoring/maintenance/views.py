"""The pages of maintenance: all of it, one window, a new one; now, in one tap."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, authorize, signed_in, teams_of
from accounts.models import User
from foundation import moment
from foundation.idempotency import Reused, once
from foundation.paging import BadCursor, page
from foundation.text import asked
from live import bus
from monitoring.maintenance.forms import EndForm, MaintenanceForm, TapForm
from monitoring.maintenance.shown import clocks_change, shown, windows, with_all
from monitoring.maintenance.verbs import Over, move_end, set_maintenance, span
from monitoring.maintenance.verbs import end as end_it
from monitoring.models import Maintenance, Phase
from monitoring.models.maintenance import MaintenanceQuerySet
from products.models import Product
from ui.htmx import by_htmx

SIZE = 50
PHASES = [Phase.ACTIVE, Phase.PLANNED, Phase.ENDED]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`?q=` words of the reason, the product or a monitor, `?product=` its slug, `?state=` planned, active or ended."""
    user, cursor, now = signed_in(request), bus.cursor(), moment.now()
    mine = Maintenance.objects.visible_to(user)
    wanted = {name: asked(request, name) for name in ("q", "product", "state")}
    matching = in_phase(named(mine, wanted["q"]), wanted["state"], now)
    if wanted["product"]:
        matching = matching.filter(product__slug=wanted["product"])
    try:
        found = page(
            with_all(matching), order=("-starts_at", "-pk"), after=request.GET.get("after", ""), size=SIZE
        )
    except BadCursor:
        return redirect("maintenance:index")
    context = {
        "found": found,
        "windows": windows(found.items, now),
        "asked": wanted,
        "filtered": any(wanted.values()),
        "phases": [(phase.value, phase.label) for phase in PHASES],
        "products": Product.objects.visible_to(user).order_by("name"),
        "any": bool(found.items) or mine.exists(),
        "may_add": manageable(user).exists(),
        "now": now,
        "live_cursor": cursor,
        "live_topics": [f"board:{team}" for team in teams_of(user).values_list("pk", flat=True)],
    }
    return render(request, "monitoring/maintenance/index.html", context)


def named(rows: MaintenanceQuerySet, words: str) -> MaintenanceQuerySet:
    for word in words.split():
        matches = Q(reason__icontains=word) | Q(product__name__icontains=word)
        rows = rows.filter(matches | Q(pk__in=Maintenance.objects.filter(monitors__name__icontains=word)))
    return rows


def in_phase(rows: MaintenanceQuerySet, phase: str, now: Any) -> MaintenanceQuerySet:
    """Over are those that were cancelled, too."""
    reads = {Phase.PLANNED: rows.planned, Phase.ACTIVE: rows.holding, Phase.ENDED: rows.over}
    return reads[Phase(phase)](now) if phase in reads else rows


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Of which product; who has but one goes on at once."""
    products = list(manageable(signed_in(request)))
    if not products:
        raise PermissionDenied("manages no product")
    if len(products) == 1:
        return redirect("maintenance:new", slug=products[0].slug)
    return render(request, "monitoring/maintenance/choose.html", {"products": products})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; sent with `preview` only how long that would be, in words."""
    product = _product(request, slug)
    zone, now = product.team.time_zone, moment.now()
    with timezone.override(ZoneInfo(zone)):
        form = MaintenanceForm(
            request.POST or None, product=product, initial={"monitors": request.GET.getlist("monitor")}
        )
        context: dict[str, Any] = {"form": form, "product": product, "zone": zone, "now": now}
        if request.method == "POST" and form.is_valid():
            facts = form.cleaned_data
            try:
                start, end = span(facts["starts_at"], facts["ends_at"], None, now)
                if "preview" not in request.POST:
                    return _set(request, form, product)
                context |= {"start": start, "end": end, "changes": clocks_change(start, end, zone)}
                context["lasts_s"] = (end - start).total_seconds()
            except ValidationError as error:
                form.add_error(None, error)
        if by_htmx(request) and "preview" in request.POST:
            return render(request, "monitoring/maintenance/new.html#span", context)
        status = 422 if form.is_bound and form.errors else 200
        return render(request, "monitoring/maintenance/new.html", context, status=status)


def _set(request: HttpRequest, form: MaintenanceForm, product: Product) -> HttpResponse:
    facts = dict(form.cleaned_data)
    key = facts.pop("key")
    body = {**facts, "product": product.slug, "monitors": [one.slug for one in facts["monitors"]]}
    return _once(request, key, body, product, **facts)


@require_POST
def tap(request: HttpRequest, slug: str) -> HttpResponse:
    """Maintenance from now on, for so many `minutes`; of one `monitor`, else of the whole product."""
    product = _product(request, slug)
    form = TapForm(request.POST, product=product)
    if not form.is_valid():
        return render(request, "monitoring/maintenance/new.html", _empty(product), status=422)
    monitor = form.cleaned_data["monitor"]
    body = {**form.cleaned_data, "monitor": monitor.slug if monitor else "", "product": slug}
    chosen = [monitor] if monitor else []
    return _once(request, body.pop("key"), body, product, lasts=form.lasts, monitors=chosen)


def _empty(product: Product) -> dict[str, Any]:
    zone = product.team.time_zone
    return {"form": MaintenanceForm(product=product), "product": product, "zone": zone}


def _once(request: HttpRequest, key: str, body: Any, product: Product, **facts: Any) -> HttpResponse:
    user = signed_in(request)

    def do() -> str:
        window = set_maintenance(product, by=user, **facts)
        at = f"{window.ends_at.astimezone(ZoneInfo(product.team.time_zone)):%d %b, %H:%M %Z}"
        if window.starts_at <= moment.now():
            messages.success(request, _("Maintenance is on. It ends by itself on %(at)s.") % {"at": at})
        else:
            messages.success(request, _("It is planned. It begins and ends by itself."))
        return str(window.pk)

    try:
        pk, _fresh = once(f"user:{user.pk}", f"maintenance:{key}" if key else "", body, do)
    except Reused as reused:
        pk = reused.answer
        messages.info(request, _("This form has already set the maintenance below."))
    return redirect("maintenance:window", pk=pk)


@require_safe
def window(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _find(request, pk, "view"), EndForm())


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Its end: to a moment, or so many minutes later."""
    found = _find(request, pk, "change")
    with timezone.override(ZoneInfo(found.product.team.time_zone)):
        form = EndForm(request.POST)
        if form.is_valid():
            more = form.cleaned_data["more"]
            until = found.ends_at + timedelta(minutes=more) if more else form.cleaned_data["ends_at"]
            try:
                move_end(found, by=signed_in(request), ends_at=until)
                return redirect(found)
            except ValidationError as error:
                form.add_error(None, error)
            except Over:
                return _over(request, found)
    return _show(request, _find(request, pk, "change"), form, status=422)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk, "change")
    try:
        end_it(found, by=signed_in(request))
    except Over:
        return _over(request, found)
    if found.cancelled_at:
        messages.success(request, _("Cancelled before it began."))
    else:
        messages.success(request, _("Ended. What still fails counts from now on."))
    return redirect(found)


def _over(request: HttpRequest, found: Maintenance) -> HttpResponse:
    messages.info(request, _("It was over already; nothing has changed."))
    return redirect(found)


def _show(request: HttpRequest, found: Maintenance, form: Form, status: int = 200) -> HttpResponse:
    now = moment.now()
    seen = shown(found, now)
    context = {
        "seen": seen,
        "window": found,
        "acts": list(found.acts.all()),
        "form": form,
        "may_change": seen.is_open and allowed(signed_in(request), "change", found),
        "zone": seen.zone,
        "now": now,
        "live_topics": [f"board:{found.product.team_id}"],
        "live_cursor": bus.cursor(),
    }
    with timezone.override(ZoneInfo(seen.zone)):
        return render(request, "monitoring/maintenance/window.html", context, status=status)


def _find(request: HttpRequest, pk: int, action: str) -> Maintenance:
    """The window, if the person may do `action` to it; else 404, or 403 for who may at least see it."""
    user = signed_in(request)
    found = get_object_or_404(with_all(Maintenance.objects.visible_to(user)), pk=pk)
    authorize(user, action, found)
    return found


def _product(request: HttpRequest, slug: str) -> Product:
    user = signed_in(request)
    found = get_object_or_404(Product.objects.visible_to(user).active().select_related("team"), slug=slug)
    authorize(user, "add_maintenance", found)
    return found


def manageable(user: User) -> QuerySet[Product]:
    """Those for which the person may set maintenance."""
    active = Product.objects.visible_to(user).active()
    mine = [product.pk for product in active if allowed(user, "add_maintenance", product)]
    return Product.objects.filter(pk__in=mine).order_by("name")
