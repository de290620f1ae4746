"""What a report keeps of the rollbacks of an incident: from where to where, how long it took, what it undid, what was
not known. JSON, with entries of the timeline by their number.
"""

from typing import Any

from foundation.written import utc, utc_or_none
from hotfixes.models import Rollback
from incidents.models import Box, Incident
from products.vocabulary import Verdict


def collect(incident: Incident) -> list[dict[str, Any]]:
    """One query for an incident without any."""
    if incident.remedy_at is None:
        return []
    rows = incident.rollbacks.select_related("product", "hotfix", "decision").order_by("number")
    return [_rollback(one) for one in rows.prefetch_related("steps")]


def _rollback(one: Rollback) -> dict[str, Any]:
    undone = one.preview
    return {
        "ref": one.ref,
        "product": one.product.name,
        "option": str(one.option.get("title") or ""),
        "kind": str(one.option.get("kind") or ""),
        "versions": [one.from_version, one.to_version],
        "hotfix": one.hotfix.ref if one.hotfix else "",
        "decision": one.decision.number if one.decision else None,
        "status": str(one.status),
        "started_at": utc(one.started_at),
        "back_at": utc_or_none(one.back_at),
        "took_s": round((one.back_at - one.started_at).total_seconds()) if one.back_at else None,
        "user_action": str(one.option.get("user_action") or ""),
        "undid": {
            "known": bool(undone),
            "commits": int(undone.get("count") or 0),
            "hotfixes": [str(each["title"]) for each in undone.get("hotfixes") or []],
            "security": [str(each["subject"]) for each in undone.get("security") or []],
            "migrations": str((undone.get("migrations") or {}).get("verdict") or ""),
        },
        "not_known": [
            str(each["summary"]) for each in one.preconditions if each["verdict"] == Verdict.UNKNOWN
        ],
        "steps": [
            {"title": step.title, "state": step.state} for step in one.steps.all() if step.state != Box.DONE
        ],
    }
