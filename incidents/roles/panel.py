"""The panel "People": who has which role, what is needed and empty, and the taps that change it."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import allowed, signed_in
from accounts.models import User
from incidents import glance, panels
from incidents.models import Incident
from incidents.roles import holding, vacancies


def _applies(incident: Incident, user: User) -> bool:
    return True


def _people(request: HttpRequest, incident: Incident) -> str:
    user = signed_in(request)
    roles = holding.with_lead(incident, user)
    empty = any(role.needed and role.user is None for role in roles)
    context = {
        "incident": incident,
        "roles": roles,
        "overdue": vacancies.overdue(incident, glance.now(incident)) if empty else [],
        "may_assign": incident.is_open and allowed(user, "assign", incident),
        "may_list": allowed(user, "change_roles", incident.product),
        "zone": user.time_zone or incident.product.team.time_zone,
    }
    return render_to_string("incidents/people.html", context, request)


panels.register(panels.Panel("people", panels.PEOPLE, _applies, _people, "people", "aside"))
