"""What an incident's own process asks for when the emergency is over (K118–K131): read from the version it pins."""

from dataclasses import dataclass
from typing import Any

from incidents.models import Incident
from review.models import ActionKind

# A process that says nothing is asked for the least.
KINDS = (ActionKind.TEST, ActionKind.CI, ActionKind.MONITORING, ActionKind.DOCS, ActionKind.PROCESS)


@dataclass(frozen=True)
class AskedAction:
    """A kind of action item and how the process speaks of it."""

    kind: str
    label: str
    text: str


def _section(incident: Incident) -> dict[str, Any]:
    return incident.process_version.document.get("postmortem") or {}


def clock_key(incident: Incident) -> str:
    return str(_section(incident).get("clock") or "")


def questions(incident: Incident) -> list[dict[str, str]]:
    """`key`, `text` and `origin` of each, in the order of the process."""
    rows = _section(incident).get("questions") or []
    return [{"key": row["key"], "text": row["text"], "origin": row.get("origin") or ""} for row in rows]


def agenda(incident: Incident) -> list[str]:
    return [_text(line) for line in _section(incident).get("agenda") or []]


def share(incident: Incident) -> list[str]:
    return [_text(line) for line in _section(incident).get("share") or []]


def asked_actions(incident: Incident) -> list[AskedAction]:
    """What the process asks to think of; the usual kinds where it names none."""
    rows = _section(incident).get("actions") or []
    if not rows:
        return [AskedAction(kind, str(kind.label), "") for kind in KINDS]
    return [AskedAction(row["kind"], str(ActionKind(row["kind"]).label), row["text"]) for row in rows]


def _text(line: Any) -> str:
    return str(line["text"] if isinstance(line, dict) else line)
