"""The alerts that an incident came from, and those that joined it, on its page."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import signed_in
from incidents import glance, panels
from incidents.models import Alerted, Incident

IN_SIGHT, MOST = 4, 50


def _render(request: HttpRequest, incident: Incident) -> str:
    # Its source may be another team's by now: what it tells since then is theirs.
    mine = Alerted.objects.filter(incident=incident, alert__source__product=incident.product_id)
    rows = mine.select_related("alert__source")
    newest = rows.order_by("alert__state", "-alert__since", "-pk")[: MOST + 1]
    found = glance.few(incident, "alerted", lambda: list(newest))
    zone = signed_in(request).time_zone or incident.product.team.time_zone
    context = {
        "first": found[:IN_SIGHT],
        "others": found[IN_SIGHT:MOST],
        "is_cut": len(found) > MOST,
        "zone": zone,
    }
    return render_to_string("incidents/alerts.html", context) if found else ""


glance.register_few("alerted", Alerted.objects.all())
panels.register(panels.Panel("alerts", panels.PEOPLE - 2, lambda *_: True, _render, "steps", "aside"))
