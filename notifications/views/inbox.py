"""What one was told, newest first: the same words that went to phone and mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from foundation.paging import BadCursor, page
from notifications.models import Delivery, Kind, State


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    mine = Delivery.objects.filter(user=signed_in(request), route=Kind.INAPP, state=State.SENT)
    try:
        found = page(mine, order=["-id"], after=request.GET.get("after", ""))
    except BadCursor:
        found = page(mine, order=["-id"])
    return render(request, "notifications/inbox.html", {"found": found})
