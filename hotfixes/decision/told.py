"""The words that users would read, choice by choice, as far as they are known now: for the card, never frozen with it.

A line that claims something is sent only if it can be shown by then; what a way back asks of users it says at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hotfixes.decision.comparing import HALT
from incidents.messages import placeholders
from incidents.models import Incident
from products.vocabulary import EventKind

# With a way back nothing new is deployed: these are not sent.
_OF_A_FIX = (EventKind.DEPLOYED, EventKind.RELEASED, EventKind.MERGED, EventKind.TAGGED)


@dataclass(frozen=True)
class Line:
    """`only_if`: it claims something that must be shown when it is sent. `not_so`: why it is left out already."""

    text: str
    only_if: bool = False
    not_so: str = ""


@dataclass(frozen=True)
class Said:
    """One message: its title, after which event it goes out, and its words."""

    title: str
    after: str
    lines: list[Line]


@dataclass(frozen=True)
class Told:
    """What users hear after one choice. `action`: what a way back asks of them."""

    choice: str
    title: str
    messages: list[Said]
    action: str = ""


def told(incident: Incident, found: Mapping[str, Any], now: datetime) -> list[Told]:
    """The hotfix, then the ways back that fit. Empty where the process writes nothing for users."""
    specs = [
        one
        for one in incident.process_version.document.get("messages") or []
        if one.get("audience") == "users"
    ]
    if not specs:
        return []
    values = placeholders.values(incident, now)
    new = found["hotfix"]["version"]
    mend = {**values, **({"new": new} if new else {})}
    listed = [Told("hotfix", _("Hotfix"), [_said(one, mend) for one in specs])]
    back = [one for one in specs if _event(one) not in _OF_A_FIX]
    for way in found["options"]:
        if way["fits"]:
            known = {**values, **_versions(way)}
            title = _("Rollback %(rank)s: %(title)s") % way
            said = [_said(one, known, way["user_action"]) for one in back]
            listed.append(Told(way["key"], title, said, way["user_action"]))
    return listed


def _versions(way: Mapping[str, Any]) -> dict[str, str]:
    """What runs afterwards: nothing else than now where only a rollout is halted."""
    to = "" if way["kind"] == HALT else way["target_version"]
    known = {"old": way["from_version"], "new": to}
    return {name: value for name, value in known.items() if value}


def _event(spec: Mapping[str, Any]) -> str:
    return str((spec.get("when") or {}).get("event") or "").partition(":")[0]


def _said(spec: Mapping[str, Any], values: Mapping[str, str], action: str = "") -> Said:
    event = _event(spec)
    after = str(EventKind(event).label) if event in EventKind.values else event
    return Said(str(spec["title"]), after, [_line(one, values, action) for one in spec["body"]])


def _line(spec: Any, values: Mapping[str, str], action: str) -> Line:
    text, claim = (spec["text"], spec.get("claim") or "") if isinstance(spec, dict) else (str(spec), "")
    against = _("users must do something") if claim == "no_user_action" and action else ""
    return Line(placeholders.put(text, values), bool(claim) and not against, against)
