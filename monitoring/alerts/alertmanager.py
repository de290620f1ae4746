"""Alertmanager's webhook (version 4): a group of alerts, each firing or resolved.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from monitoring.alerts import told
from monitoring.alerts.told import Message, Told
from monitoring.probes.json_text import Json


def read(document: Json) -> Message:
    if not isinstance(document, dict):
        raise told.other_kind(_("It is no message of Alertmanager: it has no “alerts”."))
    group = told.name(document.get("groupKey"), 2000)
    what = _("It is no message of Alertmanager: it has no list of “alerts”.")
    return told.several(document.get("alerts"), what, lambda row: alert(row, group), left_out(document))


def alert(row: Mapping[str, Any], group: str, link: str = "") -> Told:
    labels, notes = told.labels(row.get("labels")), told.part(row, "annotations")
    status = row.get("status")
    if status not in ("firing", "resolved"):
        raise told.other_kind(_("An alert in it is neither “firing” nor “resolved”."))
    summary = told.first(notes.get("summary"), notes.get("title"), notes.get("message"))
    name = labels.get("alertname", "")
    return Told(
        key=told.name(row.get("fingerprint")) or told.digest_of(told.part(row, "labels")),
        firing=status == "firing",
        title=told.line(": ".join(filter(None, (name, summary)))) or _("An alert without a name"),
        detail=told.line(notes.get("description"), 1000),
        severity=told.first(labels.get("severity"), labels.get("priority"), most=40),
        labels=labels,
        link=link or told.link(row.get("generatorURL"), notes.get("runbook_url")),
        group=told.short(group),
        started_at=told.moment(row.get("startsAt")),
        ended_at=told.moment(row.get("endsAt")) if status == "resolved" else None,
    )


def left_out(document: Mapping[str, Any]) -> str:
    """With `max_alerts` set the tool sends only the first ones of a group."""
    n = document.get("truncatedAlerts")
    if not isinstance(n, int) or isinstance(n, bool) or n <= 0:
        return ""
    return _("It left %(n)s alerts of the group out (max_alerts).") % {"n": min(n, 10**9)}
