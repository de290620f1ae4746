"""The alerts of a duplicate belong to the incident in which its story goes on."""

from __future__ import annotations

from foundation import moment
from incidents.models import Alerted, Incident
from monitoring.models import Alert


def hand_on(incident: Incident, of: Incident) -> None:
    """What its alerts tell from now on is told to `of`, and what fires anew joins that. Not one that is private or
    another team's: whoever sees the alert may not know of it.
    """
    if of.private or of.product.team_id != incident.product.team_id:
        return
    rows = Alerted.objects.filter(incident=incident, alert__source__product__team=of.product.team_id)
    alerts = list(rows.values_list("alert", flat=True))
    now = moment.now()
    added = [Alerted(incident=of, alert_id=alert, since=now, handed_on=True) for alert in alerts]
    Alerted.objects.bulk_create(added, ignore_conflicts=True)
    Alert.objects.filter(pk__in=alerts).update(incident=of.ref)
