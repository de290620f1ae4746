"""The decision on the incident page: what stands, or what waits and for whom."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import signed_in
from accounts.models import User
from hotfixes.decision.views import card
from incidents import panels
from incidents.models import Incident


def _applies(incident: Incident, user: User) -> bool:
    return incident.is_open or incident.decisions.exists()


def _render(request: HttpRequest, incident: Incident) -> str:
    return render_to_string("hotfixes/panel.html", card(incident, signed_in(request)), request)


panels.register(panels.Panel("decision", panels.DECISION, _applies, _render))
