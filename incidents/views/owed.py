"""What is owed to people: one's own first, then the others', also of incidents that are over."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from foundation import moment
from incidents.messages import obligations

PER_PAGE = 50


@require_safe
def owed(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), moment.now()
    rows = obligations.visible(user).order_by("due_at", "pk")
    mine = list(rows.filter(owner=user)[:PER_PAGE])
    page = Paginator(rows.exclude(owner=user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "incidents/owed.html", {"mine": mine, "page": page, "now": now})
