"""Grafana's webhook contact point: Alertmanager's shape, with links to panel and dashboard.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from monitoring.alerts import alertmanager, told
from monitoring.alerts.told import Message, Told
from monitoring.probes.json_text import Json


def read(document: Json) -> Message:
    if not isinstance(document, dict):
        raise told.other_kind(_("It is no message of Grafana: it has no “alerts”."))
    group = told.name(document.get("groupKey"), 2000)
    what = _("It is no message of Grafana: it has no list of “alerts”.")

    def alert(row: Mapping[str, Any]) -> Told:
        link = told.link(row.get("panelURL"), row.get("dashboardURL"), row.get("generatorURL"))
        return alertmanager.alert(row, group, link)

    return told.several(document.get("alerts"), what, alert, alertmanager.left_out(document))
