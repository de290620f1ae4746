"""Deciding by the link in a message, on a phone that is not signed in: GET shows the card, POST asks who it is.

The link is for one person and one incident, for an hour. Alone it lets them see what is not private; to decide, the
same form asks for their passkey or password, which signs them in on this device.
"""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.text import asked
from hotfixes.decision import deciders
from hotfixes.decision.card import card
from hotfixes.decision.second_tap import Confirming
from incidents.models import Incident
from incidents.rules import sees
from incidents.views import taps
from incidents.views.incident import zone_of
from incidents.views.said import Said
from notifications.links import DECIDE, Tap


def by_link(request: HttpRequest, tap: Tap, found: Incident) -> HttpResponse:
    user = tap.delivery.user
    if user is None or not user.is_active or not sees(user, found):
        said = Said(_("You may not do this"), _("Ask a manager of the team to let you in."), 403)
        return render(request, "incidents/tap.html", {"said": said}, status=403)
    if request.user == user and request.method != "POST":
        return redirect("decision_card", ref=found.ref)
    # Privately only behind a sign-in; so is what waits for a password of one's own.
    if found.private or user.must_change_password:
        said = Said(
            _("Sign in to see it"), _("%s is private, or your password is not your own yet.") % found.ref
        )
        path = tap.delivery.path
        return render(request, "incidents/tap.html", {"said": said, "path": path}, status=200)
    with timezone.override(ZoneInfo(zone_of(user, found))):
        may = found.is_open and deciders.decider(found, user) is not None
        if may and (request.method == "POST" or asked(request, "choice")):
            return Confirming(request, found, user, back=request.path).answer()
        return _shown(request, user, found)


def _shown(request: HttpRequest, user: User, found: Incident) -> HttpResponse:
    """The card, with nothing on it that needs a sign-in."""
    context = card(found, user) | {
        "may_ask": False, "may_propose": False, "may_override": False, "link_address": request.path,
        "by_link": user,
    }  # fmt: skip
    return render(request, "hotfixes/card_page.html", context)


taps.register(DECIDE, by_link)
