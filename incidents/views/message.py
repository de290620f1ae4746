"""One message of the process: how it will read in each channel, and the one button that sends it to those chosen."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import authorize, signed_in
from incidents.lifecycle.lifecycle import TooLate
from incidents.messages import letters, sending
from incidents.messages.shown import SENT_IN, MessageView, digest, messages
from incidents.models import Incident
from incidents.views.incident import fetch, zone_of
from incidents.work import work


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """GET shows what would be sent and where; POST sends it, if it still says what was shown."""
    found = fetch(request, ref)
    authorize(request.user, "send_message", found)
    if request.method != "POST":
        return _page(request, found, key)
    ids = [int(pk) for pk in request.POST.getlist("channel")[:100] if pk.isdecimal() and len(pk) < 19]
    said = request.POST.get("said", "")
    try:
        sending.send(
            found,
            key,
            by=signed_in(request),
            channels=ids,
            seen=digest(said),
            again=bool(request.POST.get("again")),
        )
    except sending.Changed as changed:
        told = {"changes": sending.changes(said, changed.message)}
        return _page(request, found, key, chosen=ids, late=changed, status=409, **told)
    except TooLate as late:
        return _page(request, late.incident, key, chosen=ids, late=late, status=409)
    except ValidationError as wrong:
        return _page(request, found, key, chosen=ids, wrong=wrong.messages, status=422)
    # Its own page says to whom it went, by whom, and how far it got.
    return redirect("message", ref=found.ref, key=key)


def _page(
    request: HttpRequest,
    found: Incident,
    key: str,
    *,
    chosen: list[int] | None = None,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    found = fetch(request, found.ref)
    view = _named(found, key)
    rooms = sending.rooms(found, view)
    if chosen is None:
        # What is for users goes to users unless somebody says otherwise; where they have no channel, to the team's.
        theirs = [room for room in rooms if room.users] if view.for_users else []
        chosen = [room.channel.pk for room in theirs or rooms]
    context = {
        "incident": found,
        "message": view,
        "rooms": rooms,
        "chosen": chosen,
        "left": [room for room in rooms if not room.had_it],
        "unreal": letters.unreal(found),
        "shut": letters.shut(found),
        "not_yet": sending.not_yet(view),
        "zone": zone_of(signed_in(request), found),
        **said,
    }
    return render(request, "incidents/message_page.html", context, status=status)


def _named(found: Incident, key: str) -> MessageView:
    known = work.of(found)
    view = next((one for one in messages(found, known) if one.key == key), None)
    if view is None or found.status not in SENT_IN:
        raise Http404
    return view
