"""Adding and editing a monitor, with "try it now": the same form, sent to look instead of to save."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import allowed, authorize, signed_in
from accounts.models import User
from foundation.text import asked
from monitoring import trial
from monitoring.add import add, suggested_name
from monitoring.edit import edit
from monitoring.forms import MonitorForm
from monitoring.models import Kind, Monitor
from monitoring.of_product import in_address, looked
from monitoring.views.monitor import find
from products.models import Product


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`?kind=` and `?target=` fill the form: what was pasted on the board."""
    user = signed_in(request)
    products = _products(user)
    if not products.exists():
        raise PermissionDenied("manages no product")
    form = MonitorForm(
        request.POST or None, products=products, initial=_pasted(request) | in_address(request)
    )
    if typed := looked(request, form):
        form = MonitorForm(products=products, initial=typed)
    return _answer(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    monitor = find(request, slug, "edit")
    products = _products(signed_in(request))
    form = MonitorForm(request.POST or None, products=products, monitor=monitor, initial=in_address(request))
    if typed := looked(request, form):
        form = MonitorForm(products=products, monitor=monitor, initial=typed)
    return _answer(request, form, monitor)


def _answer(request: HttpRequest, form: MonitorForm, monitor: Monitor | None) -> HttpResponse:
    """The form, what a try saw, or the way to the monitor. Nothing that was typed is ever lost."""
    context: dict[str, Any] = {"form": form, "monitor": monitor}
    if form.is_bound and form.is_valid():
        authorize(signed_in(request), "add_monitor", form.cleaned_data["product"])
        if "try" in request.POST:
            context |= _tried(form)
        elif saved := _saved(request, form, monitor):
            return redirect(saved)
    return render(request, "monitoring/form.html", context, status=422 if form.errors else 200)


def _tried(form: MonitorForm) -> dict[str, Any]:
    try:
        return {"look": trial.try_now(form.facts(), form.cleaned_data["kind"])}
    except trial.Busy:
        return {"busy": True}


def _saved(request: HttpRequest, form: MonitorForm, monitor: Monitor | None) -> Monitor | None:
    user, facts = signed_in(request), form.facts()
    try:
        if monitor is None:
            monitor = add(facts.pop("product"), by=user, kind=form.cleaned_data["kind"], **facts)
            waiting = _("Nightdesk waits for its first push. The lines to copy are on this page.")
            looking = _("Nightdesk watches it now. The first look is on its way.")
            messages.success(request, waiting if monitor.waits else looking)
        elif edit(monitor, by=user, **facts):
            messages.success(
                request, _("Saved.") if monitor.waits else _("Saved. The next look is on its way.")
            )
    except ValidationError as error:
        for name, problems in error.message_dict.items():
            form.add_error(name if name in form.fields else None, problems)
        return None
    return monitor


def _products(user: User) -> QuerySet[Product]:
    """Those whose monitors the person may change."""
    mine = [p.pk for p in Product.objects.visible_to(user).active() if allowed(user, "add_monitor", p)]
    return Product.objects.filter(pk__in=mine).order_by("name")


def _pasted(request: HttpRequest) -> dict[str, Any]:
    target = asked(request, "target", 2000)
    kind = asked(request, "kind")
    if kind not in Kind.values:
        kind = Kind.SUMMARY if target.startswith("/") or target.endswith(".json") else Kind.HTTP
    return {
        "kind": kind,
        "target": target,
        "name": suggested_name(target) if target else "",
        "product": asked(request, "product"),
    }
