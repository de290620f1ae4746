"""The watch on the incident page: how far it is, on a phone first; loud where nobody watches."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.access import allowed, signed_in
from accounts.models import User
from hotfixes.watch import shown
from incidents import glance, panels
from incidents.lifecycle import watch
from incidents.models import Incident
from incidents.work import work
from products.vocabulary import EventKind


def _applies(incident: Incident, user: User) -> bool:
    """Something was brought out; asked of what the page has read already."""
    if not watch.spec(incident):
        return False
    kinds = (EventKind.DEPLOYED, EventKind.ROLLED_BACK, EventKind.WATCH_OPENED, EventKind.SMOKE_PASSED)
    return work.of(incident).story.last(*kinds) is not None


def _render(request: HttpRequest, incident: Incident) -> str:
    user = signed_in(request)
    found = shown.of_incident(incident, glance.now(incident), user)
    if not found:
        return ""
    running = any(one.running for one in found)
    return render_to_string(
        "hotfixes/watch.html", {**_context(request, incident, found), "running": running}, request
    )


def of_remedy(request: HttpRequest, incident: Incident, ref: str) -> str:
    """The same on the page of `ref` itself, which fetches itself anew; empty before anything was brought out."""
    if not _applies(incident, signed_in(request)):
        return ""
    every = shown.of_incident(incident, glance.now(incident), signed_in(request), most=20)
    found = [one for one in every if one.watch.remedy == ref]
    return (
        render_to_string("hotfixes/watch.html", _context(request, incident, found), request) if found else ""
    )


def _context(request: HttpRequest, incident: Incident, found: list[shown.WatchShown]) -> dict[str, object]:
    user = signed_in(request)
    return {
        "incident": incident,
        "found": found,
        "may": allowed(user, "try_smoke", incident),
        "decide": reverse("decision_card", args=[incident.ref]),
        "zone": user.time_zone or incident.product.team.time_zone,
    }


panels.register(panels.Panel("watch", panels.DECISION + 8, _applies, _render))
