"""Any JSON of one's own: an object with a `title`, a list of such, or `{"alerts": […]}` (docs/alerts.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from monitoring.alerts import told
from monitoring.alerts.told import Message, Told
from monitoring.probes.json_text import Json

FIRING = ("firing", "alerting", "triggered", "trigger", "open", "down", "critical", "problem", "")
RESOLVED = ("resolved", "resolve", "ok", "closed", "up", "recovered", "recovery")


def read(document: Json) -> Message:
    what = _("It names no alert: an object with a “title” is expected, or a list of such.")
    rows = document.get("alerts", [document]) if isinstance(document, dict) else document
    return told.several(rows, what, _alert)


def _alert(row: Mapping[str, Any]) -> Told:
    said = next(filter(told.line, (row.get("title"), row.get("summary"), row.get("name"))), "")
    title, key = told.line(said), told.line(row.get("key"))
    if not title and not key:
        raise told.other_kind(_("An alert in it has neither a “title” nor a “key”."))
    status = told.line(row.get("status"), 40).casefold()
    if status not in FIRING + RESOLVED:
        raise told.other_kind(_("Its “status” is neither “firing” nor “resolved”."))
    firing = status in FIRING
    return Told(
        key=told.name(row.get("key")) or told.name(said),
        firing=firing,
        title=title or key,
        detail=told.first(row.get("description"), row.get("detail"), most=1000),
        severity=told.line(row.get("severity"), 40),
        labels=told.labels(row.get("labels")),
        link=told.link(row.get("url"), row.get("link")),
        group=told.short(told.name(row.get("group"))),
        started_at=told.moment(row.get("started_at")),
        ended_at=None if firing else told.moment(row.get("ended_at")),
    )
