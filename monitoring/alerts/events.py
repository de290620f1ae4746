"""PagerDuty's Events API v2, for what speaks it already: `trigger`, `acknowledge`, `resolve` of a `dedup_key`.

https://developer.pagerduty.com/docs/send-alert-event
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from monitoring.alerts import told
from monitoring.alerts.told import Message, Told
from monitoring.probes.json_text import BadJson, Json

ACTIONS = ("trigger", "acknowledge", "resolve")


def read(document: Json) -> Message:
    if not isinstance(document, dict):
        raise told.other_kind(_("It is no event: an object with “event_action” is expected."))
    action = document.get("event_action")
    if wrong := _wrong(document, action):
        raise BadJson("bad_event", wrong)
    if action == "acknowledge":
        return Message((), note=_("“acknowledge” changes nothing here: people acknowledge the incident."))
    payload = told.part(document, "payload")
    given = document.get("links")
    links = [one.get("href") for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    names = ("source", "component", "group", "class")
    details, at = payload.get("custom_details"), told.moment(payload.get("timestamp"))
    alert = Told(
        key=dedup_key(document),
        firing=action == "trigger",
        title=told.first(payload.get("summary"), document.get("dedup_key")),
        detail=told.line(details, 1000),
        severity=told.line(payload.get("severity"), 40),
        labels=told.labels({**{name: payload.get(name) for name in names}, **_flat(details)}),
        link=told.link(*links, document.get("client_url")),
        started_at=at if action == "trigger" else None,
        ended_at=at if action == "resolve" else None,
    )
    return Message((alert,))


def dedup_key(document: Mapping[str, Any]) -> str:
    """The sender's own, else one made of what it says: the same event sent twice is one alert."""
    said = {name: value for name, value in document.items() if name != "routing_key"}
    return told.name(document.get("dedup_key"), 255) or told.digest_of(said)


def _wrong(document: Mapping[str, Any], action: Any) -> str:
    """What its own documentation demands and this lacks; "" if nothing."""
    if action not in ACTIONS:
        return _("event_action must be one of trigger, acknowledge, resolve")
    if action != "trigger":
        return "" if told.line(document.get("dedup_key")) else _("dedup_key is missing")
    return "" if told.line(told.part(document, "payload").get("summary")) else _("payload.summary is missing")


def _flat(details: Any) -> dict[str, Any]:
    return details if isinstance(details, dict) else {}
