"""The decision on the incident page: what stands, or what waits and for whom."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in
from accounts.models import User
from hotfixes.decision.card import brief
from hotfixes.decision.decide import decisions
from hotfixes.decision.forms import ProposeForm
from hotfixes.decision.proposing import propose
from incidents import panels
from incidents.models import Incident
from incidents.page.actions import OFFERS, Offer


def _applies(incident: Incident, user: User) -> bool:
    return incident.is_open or bool(decisions(incident))


def _render(request: HttpRequest, incident: Incident) -> str:
    return render_to_string("hotfixes/panel.html", brief(incident, signed_in(request)), request)


def _is_loud(incident: Incident, user: User) -> bool:
    """Decided without the role: nobody overlooks it, after the end either."""
    return any(one.emergency for one in decisions(incident))


def _loud(request: HttpRequest, incident: Incident) -> str:
    made = next(one for one in decisions(incident) if one.emergency)
    return render_to_string("hotfixes/emergency.html", {"incident": incident, "decision": made}, request)


OFFERS["propose"] = Offer(
    "propose",
    _("Recommend"),
    propose,
    ProposeForm,
    _("Whoever decides reads it beside the rules, and is told at once. A later one replaces it."),
    prefill=("choice",),
)
panels.register(panels.Panel("emergency", 1, _is_loud, _loud, place="band"))
panels.register(panels.Panel("decision", panels.DECISION, _applies, _render))
