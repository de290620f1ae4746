"""Audit a repository: the form with what was asked before, one audit with its progress and table."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, authorize, signed_in
from accounts.models import User
from foundation.paging import BadCursor, page
from foundation.text import asked
from hotfixes.audit import asking
from hotfixes.audit.asking import UnderWay
from hotfixes.audit.forms import AuditForm
from hotfixes.audit.markdown import markdown
from hotfixes.audit.shown import shown
from hotfixes.audit.what_to_do import what_to_do
from hotfixes.models import AuditRun
from live import bus

SIZE = 20
_PREFILLED = ("url", "tag", "product", "limit", "process")


@require_http_methods(["GET", "HEAD", "POST"])
def audits(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if request.method != "POST":
        given = {name: asked(request, name, 500) for name in _PREFILLED if asked(request, name)}
        return _audits(request, user, AuditForm(initial=given, user=user))
    authorize(user, "add", AuditRun)
    form = AuditForm(request.POST, user=user)
    if not form.is_valid():
        return _audits(request, user, form, 422)
    try:
        return redirect(asking.ask(by=user, **form.cleaned_data))
    except UnderWay as busy:
        form.add_error(None, _("One audit of yours is under way. Wait for it or cancel it."))
        return _audits(request, user, form, 409, busy=busy.run)
    except ValidationError as error:
        form.add_error(None, error)
        return _audits(request, user, form, 422)


def _audits(
    request: HttpRequest, user: User, form: AuditForm, status: int = 200, **extra: Any
) -> HttpResponse:
    mine = AuditRun.objects.visible_to(user).select_related("by", "version__process").defer("result")
    mine = mine.annotate(kept=KT("result__kept"), hotfixes=KT("result__hotfixes"))
    words = asked(request, "q")
    found = mine
    for word in words.split()[:10]:
        found = found.filter(
            Q(url__icontains=word)
            | Q(product__icontains=word)
            | Q(by__name__icontains=word)
            | Q(version__process__name__icontains=word)
        )
    try:
        runs = page(found, order=["-pk"], after=asked(request, "after", 2000), size=SIZE)
    except BadCursor:
        return redirect("audits")
    context = {"form": form, "may": allowed(user, "add", AuditRun), "runs": runs, "q": words}
    context |= {"any": bool(runs.items) or mine.exists()}
    return render(request, "hotfixes/audits.html", {**context, **extra}, status=status)


@require_safe
def audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fetches itself anew while it is under way."""
    cursor = bus.cursor()
    run = _fetch(request, pk)
    user = signed_in(request)
    context: dict[str, Any] = {
        "run": run,
        "may_cancel": run.is_under_way and allowed(user, "cancel", run),
        "may": allowed(user, "add", AuditRun),
        "todo": what_to_do(run),
        "pattern": run.tag or (run.version.document.get("policy") or {}).get("tag") or "v{new}",
    }
    if run.is_under_way:
        context |= {"live_topics": [f"user:{user.pk}"], "live_cursor": cursor}
    if run.result is not None:
        context |= {
            "shown": shown(run.result),
            "markdown": markdown(run.result, run.url, str(run.version.process)),
        }
    return render(request, "hotfixes/audit.html", context)


@require_POST
def cancel_audit(request: HttpRequest, pk: int) -> HttpResponse:
    run = _fetch(request, pk)
    asking.cancel(run, by=signed_in(request))
    return redirect(run)


def _fetch(request: HttpRequest, pk: int) -> AuditRun:
    rows = AuditRun.objects.select_related("by", "team", "version__process")
    run = get_object_or_404(rows, pk=pk)
    authorize(request.user, "view", run)
    return run
