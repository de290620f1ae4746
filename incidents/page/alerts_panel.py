"""The alerts that an incident came from, and those that joined it, on its page."""

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.access import signed_in
from incidents import glance, panels
from incidents.models import Alerted, Incident
from monitoring.alerts.shown import seen_by, with_all
from monitoring.models import Alert

IN_SIGHT, MOST = 4, 50


def _render(request: HttpRequest, incident: Incident) -> str:
    # Its source may be another team's by now: what it tells since then is theirs.
    own = Q(source__product=incident.product_id)
    own |= Q(incidents__handed_on=True, source__product__team=incident.product.team_id)
    mine = Alert.objects.filter(own, incidents__incident=incident)
    newest = with_all(mine).in_order()[: MOST + 1]
    user = signed_in(request)
    found = seen_by(user, glance.few(incident, "alerted", lambda: list(newest)))
    context = {
        "first": found[:IN_SIGHT],
        "others": found[IN_SIGHT:MOST],
        "is_cut": len(found) > MOST,
        "zone": user.time_zone or incident.product.team.time_zone,
        "back": incident.get_absolute_url(),
    }
    return render_to_string("incidents/alerts.html", context, request=request) if found else ""


glance.register_few("alerted", Alerted.objects.all())
panels.register(panels.Panel("alerts", panels.PEOPLE - 2, lambda *_: True, _render, "steps", "aside"))
