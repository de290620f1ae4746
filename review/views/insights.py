"""Insights: how long things took, which promises were kept, how decisions turned out; and the incidents behind each."""

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from foundation import moment
from foundation.text import asked as said
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet
from products.models import Product
from review.insights import shown
from review.insights.asked import AskedForm, known, zone_of
from review.insights.behind import MOST, behind
from review.insights.read import read
from review.insights.sheet import sheet


@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    form, rows = _asked(request)
    found = shown.page(read(form.asked, rows, form.now)) if form.is_valid() else None
    return _page(request, "review/insights.html", form, found=found)


@require_safe
def insights_list(request: HttpRequest) -> HttpResponse:
    """The incidents of one figure."""
    form, rows = _asked(request)
    if not form.is_valid():
        return _page(request, "review/insights.html", form)
    found = behind(said(request, "of") or "status", form.asked, rows, form.now)
    if found is None:
        raise Http404
    return _page(request, "review/insights_list.html", form, found=found, most=MOST)


@require_safe
def insights_csv(request: HttpRequest) -> HttpResponse:
    form, rows = _asked(request)
    if not form.is_valid():
        return _page(request, "review/insights.html", form)
    name = f"insights-{form.asked.first}-{form.asked.last}.csv"
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    csv.writer(answer).writerows(sheet(read(form.asked, rows, form.now)))
    return answer


def _asked(request: HttpRequest) -> tuple[AskedForm, IncidentQuerySet]:
    user = signed_in(request)
    rows = Incident.objects.visible_to(user)
    products = Product.objects.visible_to(user)
    return AskedForm(request.GET, zone=zone_of(user), now=moment.now(), known=known(rows, products)), rows


def _page(request: HttpRequest, template: str, form: AskedForm, **more: Any) -> HttpResponse:
    context = {"form": form, "zone": form.zone.key, **more}
    return render(request, template, context, status=422 if form.errors else 200)
