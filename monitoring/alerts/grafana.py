"""Grafana's webhook contact point: Alertmanager's shape, with links to panel and dashboard.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from monitoring.alerts import alertmanager, told
from monitoring.alerts.told import Message
from monitoring.probes.json_text import Json


def read(document: Json) -> Message:
    if not isinstance(document, dict):
        raise told.other_kind(_("It is no message of Grafana: it has no “alerts”."))
    group = told.name(document.get("groupKey"), 2000)
    rows = told.items(document.get("alerts"), _("It is no message of Grafana: it has no list of “alerts”."))
    alerts = tuple(
        alertmanager.alert(
            row, group, told.link(row.get("panelURL"), row.get("dashboardURL"), row.get("generatorURL"))
        )
        for row in rows
    )
    return Message(alerts, note=alertmanager.left_out(document))
