"""One monitor: how it is, how it was, and what may be done with it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import allowed, authorize, signed_in
from accounts.models import User
from foundation import moment
from foundation.written import address
from live import bus
from monitoring import archive as archiving
from monitoring import check as checking
from monitoring import push_keys, switch
from monitoring.history import STRIP_OF, past
from monitoring.maintenance import shown
from monitoring.marks import marks
from monitoring.models import Monitor, StatusChange, Target
from monitoring.shown import as_shown
from monitoring.states import worst
from monitoring.store import versions_of
from ui.htmx import by_htmx

CHANGES = 30


def find(request: HttpRequest, slug: str, action: str = "view") -> Monitor:
    """The monitor, if the person may do `action` to it; else 404, or 403 for who may at least see it."""
    user = signed_in(request)
    rows = Monitor.objects.visible_to(user).select_related("product__team", "product__process")
    monitor = get_object_or_404(rows, slug=slug)
    authorize(user, action, monitor)
    return monitor


@require_safe
@vary_on_headers("HX-Request")
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, or for htmx its region alone."""
    cursor = bus.cursor()
    monitor = find(request, slug)
    user, now = signed_in(request), moment.now()
    targets = list(Target.objects.filter(monitor=monitor, archived_at=None).worst_first())
    for target in targets:
        target.monitor = monitor
    seen = past(targets, now)
    as_shown(targets, now)
    context = {
        "monitor": monitor,
        "state": worst(target.state for target in targets),
        "worst": targets[0] if targets else None,
        "why": monitor if not targets or (monitor.code and monitor.is_watched) else targets[0],
        "whole": seen.whole,
        "targets": [(target, seen.each[target.pk]) for target in targets],
        "changes": list(StatusChange.objects.of(monitor)[:CHANGES]),
        "now": now,
        "marks": marks([monitor.product_id], now - STRIP_OF, now).get(monitor.product_id, ()),
        "versions": versions_of(monitor),
        "zone": monitor.product.team.time_zone,
        "maintenance": shown.of_product(monitor.product, now, monitor),
        "taps": _taps(user, monitor),
        "push_url": push_keys.push_url(monitor) if monitor.waits and allowed(user, "edit", monitor) else "",
        "script_url": address("/nightdesk-push"),
        "may": {action: allowed(user, action, monitor) for action in ("check", "edit", "see_body")},
        "live_cursor": cursor,
        "live_topics": [f"board:{monitor.product.team_id}"],
    }
    region = "#monitor" if by_htmx(request) else ""
    return render(request, f"monitoring/monitor.html{region}", context)


def _taps(user: User, monitor: Monitor) -> dict[str, object] | None:
    may = monitor.is_watched and allowed(user, "add_maintenance", monitor.product)
    return shown.taps(monitor.product, monitor) if may else None


@require_POST
def check(request: HttpRequest, slug: str) -> HttpResponse:
    return _act(
        request, slug, "check", checking.check, _("Looking now. What it sees appears here in a moment.")
    )


@require_POST
def disable(request: HttpRequest, slug: str) -> HttpResponse:
    return _act(
        request, slug, "disable", switch.disable, _("Switched off. Nobody watches it until you switch it on.")
    )


@require_POST
def enable(request: HttpRequest, slug: str) -> HttpResponse:
    return _act(request, slug, "enable", switch.enable, _("Switched on. The first look is on its way."))


@require_POST
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    response = _act(request, slug, "archive", archiving.archive, _("Archived. Its history is kept."))
    response["Location"] = "/monitoring/"
    return response


@require_POST
def rotate_key(request: HttpRequest, slug: str) -> HttpResponse:
    said = _("There is a new key. The old one opens nothing any more: change the line where it runs.")
    return _act(request, slug, "rotate_key", push_keys.rotate_key, said)


def _act(request: HttpRequest, slug: str, action: str, verb: Callable[..., bool], said: str) -> HttpResponse:
    """One verb, one sentence, and back to the page. A verb that had nothing left to do is no error."""
    monitor = find(request, slug, action)
    user: User = signed_in(request)
    if verb(monitor, by=user):
        messages.success(request, said)
    else:
        messages.info(request, _("It was like that already."))
    return redirect(monitor)
