"""What a report keeps of the hotfixes of an incident: what was not shown to be right, and who went on without it.

JSON, with entries of the timeline by their number; the words are put in when it is shown (review/report.py).
"""

from typing import Any

from foundation.written import utc
from hotfixes.models import Attestation, Override
from hotfixes.models.check import Said
from hotfixes.naming import named
from hotfixes.standing import standing
from hotfixes.standing.standing import Standing
from incidents.models import Incident
from products.vocabulary import Verdict

OPEN_ENDS = (Verdict.FAIL, Verdict.WARN, Verdict.PENDING, Verdict.UNKNOWN)


def collect(incident: Incident) -> list[dict[str, Any]]:
    """One query for an incident without any."""
    found = standing.of_incident(incident)
    if not found:
        return []
    keys = [one.hotfix.pk for one in found]
    overrides = _by_hotfix(Override, keys)
    attestations = _by_hotfix(Attestation, keys)
    return [
        _hotfix(one, overrides.get(one.hotfix.pk, []), attestations.get(one.hotfix.pk, [])) for one in found
    ]


def _hotfix(one: Standing, overrides: list[Any], attestations: list[Any]) -> dict[str, Any]:
    hotfix = one.hotfix
    titles = {check.key: check.title for check in one.checks}
    return {
        "ref": hotfix.ref,
        "product": hotfix.product.name,
        "versions": [hotfix.old_version, hotfix.new_version],
        "branch": named.branch(hotfix),
        "tag": named.tag(hotfix),
        "merge": hotfix.rules.merge,
        "status": str(hotfix.status),
        "taken_back": one.stage_words if hotfix.taken_back_at else "",
        "deploy": _deploy(one),
        "counts": one.counts,
        "checks": [
            {name: getattr(check, name) for name in ("key", "title", "verdict", "label", "summary", "waived")}
            for check in one.checks
            if check.verdict in OPEN_ENDS
        ],
        "overrides": [
            {
                **_said(row, titles),
                "second": str(row.second or ""),
                "waits": row.needs_second and not row.second_id,
            }
            for row in overrides
        ],
        "attestations": [_said(row, titles) for row in attestations],
        "guard": [
            {name: line[name] for name in ("key", "verdict", "summary")}
            for line in hotfix.guard
            if line["verdict"] in (Verdict.FAIL, Verdict.WARN)
        ],
    }


def _deploy(one: Standing) -> dict[str, Any]:
    """Minutes from the approval to the deployment, and the limit (K97); empty where nobody could measure them."""
    limit = one.check("within_limit")
    names = ("minutes", "limit_minutes")
    return {name: limit.facts[name] for name in names if name in limit.facts} if limit else {}


def _by_hotfix(model: type[Said], keys: list[int]) -> dict[int, list[Any]]:
    related = ["by", "event", *(["second"] if model is Override else [])]
    rows = model._default_manager.filter(hotfix__in=keys).select_related(*related).order_by("pk")
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.hotfix_id, []).append(row)
    return found


def _said(row: Said, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "key": row.key,
        "title": titles.get(row.key, row.key),
        "verdict": str(row.verdict),
        "label": str(Verdict(row.verdict).label),
        "by": str(row.by),
        "role": row.role,
        "at": utc(row.at),
        "seq": row.event.seq,
        "withdrawn": row.withdrawn_at is not None,
    }
