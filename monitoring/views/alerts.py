"""Alerts of other tools: what fires, the sources, and connecting one."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import allowed, authorize, signed_in, teams_of
from accounts.models import User
from foundation import moment
from foundation.paging import BadCursor, page
from foundation.text import asked
from foundation.way_back import way_back
from live import bus
from monitoring.alerts import shown, sources
from monitoring.alerts.end import end as end_it
from monitoring.alerts.forms import SourceForm
from monitoring.models import Alert, AlertSource, AlertState
from monitoring.models.alert import IN_ORDER
from monitoring.of_product import in_address, looked
from products.models import Product
from ui.htmx import by_htmx

PAYLOADS = 20


def find(request: HttpRequest, slug: str, action: str = "view") -> AlertSource:
    """The source, if the person may do `action` to it; else 404, or 403 for who may at least see it."""
    user = signed_in(request)
    rows = AlertSource.objects.visible_to(user).select_related(
        "product__team", "product__process", "environment"
    )
    source = get_object_or_404(rows, slug=slug)
    authorize(user, action, source)
    return source


@require_safe
@vary_on_headers("HX-Request")
def index(request: HttpRequest) -> HttpResponse:
    """What fires, then the sources. `?q=` words of title, labels or source, `?product=` its slug, `?state=` firing or
    resolved."""
    user, cursor = signed_in(request), bus.cursor()
    wanted = {name: asked(request, name) for name in ("q", "product", "state")}
    rows = shown.alerts_of(user, wanted)
    try:
        found = page(rows, order=IN_ORDER, after=request.GET.get("after", ""), size=shown.MOST)
    except BadCursor:
        return redirect("alerts:index")
    context = {
        "found": found,
        "alerts": shown.seen_by(user, found.items),
        "firing": Alert.objects.visible_to(user).firing().count(),
        "asked": wanted,
        "filtered": any(wanted.values()),
        "states": AlertState.choices,
        "products": Product.objects.visible_to(user).active().order_by("name"),
        "sources": shown.sources_of(user),
        "may_add": _products(user).exists(),
        "now": moment.now(),
        "live_cursor": cursor,
        "live_topics": [f"board:{team}" for team in teams_of(user).values_list("pk", flat=True)],
    }
    return render(request, f"monitoring/alerts.html{'#alerts' if by_htmx(request) else ''}", context)


@require_safe
@vary_on_headers("HX-Request")
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, or for htmx its region alone."""
    cursor = bus.cursor()
    source = find(request, slug)
    user = signed_in(request)
    may_edit = allowed(user, "edit", source)
    newest = source.payloads.order_by("-last_at", "-pk") if may_edit else source.payloads.none()
    context = {
        "source": source,
        "alerts": shown.seen_by(user, shown.with_all(source.alerts.all()).in_order()[: shown.MOST]),
        "payloads": list(newest[:PAYLOADS]),
        "may_edit": may_edit,
        "url": sources.url_of(source) if may_edit else "",
        "key": sources.key_of(source) if may_edit else "",
        "zone": source.product.team.time_zone,
        "now": moment.now(),
        "live_cursor": cursor,
        "live_topics": [f"board:{source.product.team_id}"],
    }
    return render(request, f"monitoring/alert_source.html{'#source' if by_htmx(request) else ''}", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    products = _products(signed_in(request))
    if not products.exists():
        raise PermissionDenied("manages no product")
    form = SourceForm(request.POST or None, products=products, initial=in_address(request))
    if typed := looked(request, form):
        form = SourceForm(products=products, initial=typed)
    return _answer(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    source = find(request, slug, "edit")
    products = _products(signed_in(request))
    form = SourceForm(request.POST or None, products=products, source=source, initial=in_address(request))
    if typed := looked(request, form):
        form = SourceForm(products=products, source=source, initial=typed)
    return _answer(request, form, source)


def _answer(request: HttpRequest, form: SourceForm, source: AlertSource | None) -> HttpResponse:
    """The form, or the way to the source. Nothing that was typed is ever lost."""
    if form.is_bound and form.is_valid():
        user = signed_in(request)
        authorize(user, "add_monitor", form.cleaned_data["product"])
        try:
            saved = _saved(form, source, user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("Saved.") if source else _("Connected. What to set there is on this page.")
            )
            return redirect(saved)
    context = {"form": form, "source": source}
    return render(request, "monitoring/alert_source_form.html", context, status=422 if form.errors else 200)


def _saved(form: SourceForm, source: AlertSource | None, user: User) -> AlertSource:
    facts = form.facts()
    if source is None:
        return sources.connect(facts.pop("product"), by=user, tool=form.cleaned_data["tool"], **facts)
    sources.change(source, by=user, **facts)
    return source


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """It is over; back to the page from which that was said."""
    user = signed_in(request)
    alert = get_object_or_404(Alert.objects.visible_to(user).select_related("source__product"), pk=pk)
    authorize(user, "end", alert)
    if end_it(alert, by=user):
        messages.success(request, _("It is over. When its tool says again that it fires, it fires anew."))
    else:
        messages.info(request, _("It was over already; nothing has changed."))
    return redirect(f"{way_back(request, alert.source.get_absolute_url())}#alert-{alert.pk}")


@require_POST
def enable(request: HttpRequest, slug: str) -> HttpResponse:
    return _act(request, slug, "enable", sources.enable, _("Switched on. What arrives counts from now on."))


@require_POST
def disable(request: HttpRequest, slug: str) -> HttpResponse:
    said = _("Switched off. What arrives is kept, and nobody is told of it.")
    return _act(request, slug, "disable", sources.disable, said)


@require_POST
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    response = _act(request, slug, "archive", sources.archive, _("Archived. Its history is kept."))
    response["Location"] = "/alerts/"
    return response


@require_POST
def rotate_key(request: HttpRequest, slug: str) -> HttpResponse:
    said = _("There is a new key. The old one opens nothing any more: change it in the tool.")
    return _act(request, slug, "rotate_key", sources.rotate_key, said)


def _act(request: HttpRequest, slug: str, action: str, verb: Callable[..., bool], said: str) -> HttpResponse:
    source = find(request, slug, action)
    if verb(source, by=signed_in(request)):
        messages.success(request, said)
    else:
        messages.info(request, _("It was like that already."))
    return redirect(source)


def _products(user: User) -> QuerySet[Product]:
    """Those whose sources the person may change."""
    mine = [p.pk for p in Product.objects.visible_to(user).active() if allowed(user, "add_monitor", p)]
    return Product.objects.filter(pk__in=mine).order_by("name")
