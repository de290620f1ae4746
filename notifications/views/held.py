"""/settings/held/: after a restore, what waited to be sent when the backup was made."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import authorize, highest_role, signed_in
from accounts.models import Role
from foundation.paging import BadCursor, page
from notifications import held
from notifications.models import Delivery


@require_safe
def held_messages(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if highest_role(user) != Role.ADMIN:
        raise Http404
    mine = held.held_for(user)
    try:
        found = page(mine, order=["-id"], after=request.GET.get("after", ""))
    except BadCursor:
        found = page(mine, order=["-id"])
    context = {"found": found, "count": mine.count(), "hidden": held.hidden_from(user)}
    return render(request, "notifications/held.html", context)


@require_POST
def release(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """That one, or without `pk` all that one may."""
    count = held.release(_chosen(request, pk, "release"), by=signed_in(request))
    said = ngettext("%(n)d message goes out now.", "%(n)d messages go out now.", count) % {"n": count}
    messages.success(request, said)
    return redirect("held")


@require_POST
def drop(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    chosen = _chosen(request, pk, "drop")
    if pk is None and request.POST.get("sure") != "yes":
        messages.error(request, _("Nothing was dropped. Say first that you are sure."))
        return redirect("held")
    count = held.drop(chosen, by=signed_in(request))
    said = ngettext("%(n)d message is not sent.", "%(n)d messages are not sent.", count) % {"n": count}
    messages.success(request, said)
    return redirect("held")


def _chosen(request: HttpRequest, pk: int | None, action: str) -> QuerySet[Delivery]:
    user = signed_in(request)
    if pk is None:
        if highest_role(user) != Role.ADMIN:
            raise Http404
        return held.held_for(user)
    authorize(user, action, get_object_or_404(Delivery.objects.select_related("team"), pk=pk))
    return held.held_for(user).filter(pk=pk)
