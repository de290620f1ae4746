"""The process's ways to roll back, in its order (A37–A42, C15, C16): read from the version that the incident pins."""

from typing import Any

from incidents import glance
from incidents.models import Incident
from products.component import Component


def options(incident: Incident) -> list[dict[str, Any]]:
    """Each with `rank` (from 1), `data_preserved` (yes, no, unknown) and `house` where our own default fills a gap.

    `fits` is false for what is only for parts that this product has not; those come last, with the rank they have.
    """
    document = incident.process_version.document
    listed = (document.get("rollback") or {}).get("options") or []
    known = {one["key"] for one in (document.get("setup") or {}).get("components") or []}
    # Parts that the process does not speak of say nothing about its options.
    asks = any(option.get("components") for option in listed)
    mine = components(incident) & known if asks else set()
    found = [_option(rank, option, mine) for rank, option in enumerate(listed, start=1)]
    return sorted(found, key=lambda option: not option["fits"])


def components(incident: Incident) -> set[str]:
    rows = incident.product.components.values_list("slug", flat=True)
    return set(glance.few(incident, "components", lambda: list(rows)))


def when(incident: Incident) -> str:
    """When the process rolls back, in its words; "" where it does not say."""
    said = (incident.process_version.document.get("rollback") or {}).get("when")
    return _text(said) if said else ""


def _option(rank: int, option: dict[str, Any], mine: set[str]) -> dict[str, Any]:
    asked = set(option.get("components") or [])
    return {
        "rank": rank,
        "fits": not asked or not mine or bool(asked & mine),
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


glance.register_few("components", Component.objects.all(), "product__incidents")
