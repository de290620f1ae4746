"""Sentry: issues, errors, issue alerts and metric alerts of an internal integration; and the older webhook plug-in.

What fires is the issue (or the metric alert): its events are the same alert again.
https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from monitoring.alerts import told
from monitoring.alerts.told import Message, Told
from monitoring.probes.json_text import Json

# What is done to an issue and says nothing of whether it happens.
_SILENT = ("assigned", "archived", "ignored")


def read(document: Json) -> Message:
    if not isinstance(document, dict):
        raise _other()
    action, data = told.line(document.get("action"), 40), told.part(document, "data")
    if data.get("metric_alert"):
        return Message((_metric(action, data),))
    if data.get("issue"):
        issue = told.part(data, "issue")
        silent = action in _SILENT
        return Message(() if silent else (_issue(issue, action),), note=_nothing(action) if silent else "")
    event = told.part(data, "event") or told.part(data, "error")
    if event:
        return Message((_event(event, event.get("issue_id")),))
    if document.get("event") and document.get("id"):
        return Message((_event({**told.part(document, "event"), **_plug_in(document)}, document["id"]),))
    if document.get("installation") and data.keys() & {"installation", "comment"}:
        return Message((), note=_("It tells of no issue and of no metric alert."))
    raise _other()


def _issue(issue: Mapping[str, Any], action: str) -> Told:
    firing = action != "resolved" and issue.get("status") != "resolved"
    project = told.part(issue, "project")
    return Told(
        key=_key(issue.get("id")),
        firing=firing,
        title=told.first(issue.get("title"), told.part(issue, "metadata").get("value")) or _unnamed(),
        detail=told.line(issue.get("culprit"), 1000),
        severity=told.line(issue.get("level"), 40),
        labels=told.labels({"project": project.get("slug"), "issue": issue.get("shortId")}),
        link=told.link(issue.get("web_url"), issue.get("permalink")),
        started_at=told.moment(issue.get("lastSeen")) if firing else None,
    )


def _event(event: Mapping[str, Any], issue: Any) -> Told:
    """The newest event of an issue: it happens again."""
    return Told(
        key=_key(issue),
        firing=True,
        title=told.first(event.get("title"), event.get("message")) or _unnamed(),
        detail=told.first(event.get("culprit"), event.get("location"), most=1000),
        severity=told.line(event.get("level"), 40),
        labels=_tags(event.get("tags")),
        link=told.link(event.get("web_url")),
        started_at=told.moment(event.get("datetime")) or told.moment(event.get("timestamp")),
    )


def _metric(action: str, data: Mapping[str, Any]) -> Told:
    metric = told.part(data, "metric_alert")
    firing = action != "resolved"
    return Told(
        key=f"metric {_key(metric.get('id') or metric.get('identifier'))}",
        firing=firing,
        title=told.first(data.get("description_title"), metric.get("title")) or _unnamed(),
        detail=told.line(data.get("description_text"), 1000),
        severity=action if action in ("critical", "warning") else "",
        labels=told.labels({"alert": metric.get("identifier")}),
        link=told.link(data.get("web_url")),
        started_at=told.moment(metric.get("date_started")),
        ended_at=None if firing else told.moment(metric.get("date_closed")),
    )


def _plug_in(document: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "web_url": document.get("url"), "level": document.get("level"), "culprit": document.get("culprit"),
        "message": document.get("message"),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _tags(value: Any) -> dict[str, str]:
    """Pairs, as Sentry writes them."""
    pairs = (
        [one for one in value if isinstance(one, list) and len(one) == 2] if isinstance(value, list) else []
    )
    return told.labels({str(name): text for name, text in pairs if isinstance(name, str)})


def _key(value: Any) -> str:
    key = told.name(value)
    if not key:
        raise told.other_kind(_("It names no issue of Sentry."))
    return key


def _unnamed() -> str:
    return _("An issue without a title")


def _nothing(action: str) -> str:
    return _("“%(action)s” says nothing of whether it happens.") % {"action": action}


def _other() -> Exception:
    return told.other_kind(_("It is no message of Sentry that tells of an issue or a metric alert."))
