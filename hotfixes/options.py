"""The process's ways to roll back, in its order (A37–A42, C15, C16): read from the version that the incident pins."""

from typing import Any

from incidents.models import Incident


def options(incident: Incident) -> list[dict[str, Any]]:
    """Each with `rank` (from 1), `data_preserved` (yes, no, unknown) and `house` where our own default fills a gap."""
    section = incident.process_version.document.get("rollback") or {}
    return [_option(rank, option) for rank, option in enumerate(section.get("options") or [], start=1)]


def when(incident: Incident) -> str:
    """When the process rolls back, in its words; "" where it does not say."""
    said = (incident.process_version.document.get("rollback") or {}).get("when")
    return _text(said) if said else ""


def _option(rank: int, option: dict[str, Any]) -> dict[str, Any]:
    return {
        "rank": rank,
        "key": option["key"],
        "kind": str(option.get("kind") or ""),
        "title": option["title"],
        "house": option.get("origin") == "house",
        "components": list(option.get("components") or []),
        "data_preserved": str(option.get("data_preserved") or "unknown"),
        "data_note": _text(option.get("data_note") or ""),
        "user_action": _text(option.get("user_action") or ""),
        "preconditions": [
            {"text": _text(line), "house": _house(line)} for line in option.get("preconditions") or []
        ],
        "steps": [{"text": _text(line), "house": _house(line)} for line in option.get("steps") or []],
    }


def _text(line: Any) -> str:
    return str(line["text"] if isinstance(line, dict) else line)


def _house(line: Any) -> bool:
    return isinstance(line, dict) and line.get("origin") == "house"
