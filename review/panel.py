"""The report on the incident page, once it is over: how long is left, and the way there."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import allowed, signed_in
from accounts.models import User
from incidents import glance, panels
from incidents.models import Incident
from review.due import standing
from review.refusals import OVER
from review.report import postmortem_of

FIRST = 5  # when it is over, this is what is left


def _applies(incident: Incident, user: User) -> bool:
    return incident.status in OVER


def _render(request: HttpRequest, incident: Incident) -> str:
    context = {
        "incident": incident,
        "standing": standing(incident, postmortem_of(incident), glance.now(incident)),
        "may": allowed(signed_in(request), "answer", incident),
    }
    return render_to_string("review/panel.html", context, request)


panels.register(panels.Panel("report", FIRST, _applies, _render, place="band"))
