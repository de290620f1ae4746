"""The panels that this app itself puts on the incident page: the questions of triage, and what is the same story."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import allowed, signed_in
from accounts.models import User
from incidents import glance, panels
from incidents.lifecycle import exits, triage
from incidents.models import Incident, Status


def _asks(incident: Incident, user: User) -> bool:
    return incident.status == Status.TRIAGE and allowed(user, "assess", incident)


def _triage(request: HttpRequest, incident: Incident) -> str:
    context = {
        "incident": incident,
        "questions": triage.questions(incident),
        "outage": triage.outage(incident),
        "release": exits.release_of(incident),
    }
    return render_to_string("incidents/triage.html", context, request)


def _duplicates(request: HttpRequest, incident: Incident) -> str:
    """Those that this person may see; nothing says that there are others."""
    user = signed_in(request)
    rows = Incident.objects.visible_to(user).filter(duplicate_of=incident).for_page().order_by("declared_at")
    mine = glance.few(incident, "duplicates", lambda: list(rows))
    zone = user.time_zone or incident.product.team.time_zone
    return render_to_string("incidents/duplicates.html", {"duplicates": mine, "zone": zone}) if mine else ""


glance.register_few("duplicates", Incident.objects.all(), "duplicate_of")
panels.register(panels.Panel("triage", panels.TRIAGE, _asks, _triage))
panels.register(
    panels.Panel("duplicates", panels.PEOPLE + 5, lambda *_: True, _duplicates, "people", "aside")
)
