"""The board: what is watched and how it looks, the worst first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import allowed, signed_in, teams_of
from foundation import moment
from foundation.text import asked
from live import bus
from monitoring.board import board
from monitoring.maintenance.shown import on_now
from monitoring.states import State
from products.models import Product
from ui.htmx import by_htmx


@require_safe
@vary_on_headers("HX-Request")
def show(request: HttpRequest) -> HttpResponse:
    """The page, or for htmx its region alone. `?q=` words, `?state=` one of the states."""
    user = signed_in(request)
    cursor, now = bus.cursor(), moment.now()
    words, state = asked(request, "q", 100), asked(request, "state")
    products = Product.objects.visible_to(user).active()
    context = {
        "board": board(user, now=now, words=words, state=state if state in State.values else ""),
        "words": words,
        "state": state,
        "maintenance": on_now(user, now),
        "now": now,
        "may_add": any(allowed(user, "add_monitor", product) for product in products),
        "live_cursor": cursor,
        "live_topics": [f"board:{team}" for team in teams_of(user).values_list("pk", flat=True)],
    }
    region = "#board" if by_htmx(request) else ""
    return render(request, f"monitoring/board.html{region}", context)
