"""The ways back of an incident in the process's order, each with all that is known of it: for the decision card.

`ways` answers plain JSON (moments as RFC 3339 in UTC), so that it can be frozen with a decision as it is. `steady`
leaves out what only the passing of time changes, for comparing what a reader saw with what is so now.
"""

from datetime import datetime
from typing import Any

from foundation.written import utc, utc_or_none
from hotfixes import patterns
from hotfixes.decision.options import options
from hotfixes.models import Preview, Rollback
from hotfixes.naming import named
from hotfixes.observing.found import called_of
from hotfixes.rollback import addresses, code, history, looking, releases, remarks, whose
from hotfixes.rollback import known as facts
from hotfixes.rollback.releases import Release
from hotfixes.rollback.remarks import HALT
from hotfixes.rollback.shapes import Precondition, Undoes, Way
from incidents.models import Incident
from products.models import Deployment, Product
from products.versions import bare

# Time passes by itself: what only it changes makes no other fact.
PASSING = ("looked_at", "made_at")


def ways(
    incident: Incident, now: datetime, product: Product | None = None, *, of: Rollback | None = None
) -> list[Way]:
    """Those that fit the product first; of `product`, else of the incident's. `of`: from where and to where it leads
    already. Few queries.
    """
    product = product or incident.product
    listed = options(incident)
    if not listed:
        return []
    runs = releases.running(incident, product)
    target = releases.before(incident, product, runs) if runs else None
    if of and of.to_version:
        runs, target = releases.of_rollback(of, runs, target)
    preview = preview_of(product, runs, target)
    times = releases.spans_of(incident, product)
    ran = history.ran(product, target.version, times, incident) if target else None
    lost = (
        tuple(whose.would_take_back(incident, product, runs.version, target.version))
        if runs and target
        else ()
    )
    entered = addresses.own(product)
    specs = {one["key"]: {**one, "artifact": addresses.template(one, entered)} for one in _specs(incident)}
    return [
        _way(option, facts.Way(
            incident, product, {**option, **_more(specs[option["key"]])}, runs, target, preview, now,
            artifact_address(specs[option["key"]]["artifact"], product, target),
            lost if option["kind"] in remarks.GOES_BACK else (),
        ), ran)
        for option in listed
    ]  # fmt: skip


def way(
    incident: Incident, key: str, now: datetime, product: Product | None = None, *, of: Rollback | None = None
) -> Way | None:
    return next((one for one in ways(incident, now, product, of=of) if one["key"] == key), None)


def steady(found: Any) -> Any:
    """The same without the moments of looks: equal as long as nothing else has changed."""
    if isinstance(found, dict):
        return {name: steady(value) for name, value in found.items() if name not in PASSING}
    return [steady(one) for one in found] if isinstance(found, list) else found


def preview_of(product: Product, runs: Release | None, target: Release | None) -> Preview | None:
    if not runs or not target or not runs.ref or not target.ref:
        return None
    found = Preview.objects.filter(product=product, from_ref=runs.ref, to_ref=target.ref).first()
    if found and found.made_at and code.is_old(found):
        found.made_at = None  # what it says is of other commits
    return found


def preview_data(product: Product, from_ref: str, to_ref: str) -> Preview | None:
    """One that has been read, to be frozen with what is decided by it."""
    rows = Preview.objects.filter(product=product, from_ref=from_ref, to_ref=to_ref, made_at__isnull=False)
    found = rows.exclude(digest="").first() if from_ref and to_ref else None
    return None if found is None or code.is_old(found) else found


def artifact_address(template: str, product: Product, target: Release | None) -> str:
    """Where the target can be downloaded; "" while a part of the address is not known."""
    if not template or target is None:
        return ""
    known = {"target": target.version, "target_tag": target.ref, "product": called_of(product)}
    found = patterns.formatted(template, {**known, "old": target.version})
    return found if named.complete(found) else ""


def _specs(incident: Incident) -> list[dict[str, Any]]:
    return (incident.process_version.document.get("rollback") or {}).get("options") or []


def _more(spec: dict[str, Any]) -> dict[str, Any]:
    """What the options do not repeat of the process's text."""
    lines = spec.get("preconditions") or []
    return {
        "path": spec.get("path") or "",
        "artifact": spec.get("artifact") or "",
        "shown_by": [line.get("shown_by") or "" if isinstance(line, dict) else "" for line in lines],
    }


def _way(option: dict[str, Any], known: facts.Way, ran: history.Ran | None) -> Way:
    target, runs = known.target, known.running
    done = history.done(known.incident, known.product)
    preconditions = _preconditions(known)
    undoes = _undoes(known)
    found: Way = {
        **option,  # type: ignore[typeddict-item]
        "preconditions": preconditions,
        "from_version": runs.version if runs else "",
        "from_ref": runs.ref if runs else "",
        "target_version": target.version if target else "",
        "target_ref": target.ref if target else "",
        "target_source": target.source if target else "",
        "target_since": utc_or_none(target.since) if target else None,
        "ran": ran,
        "took": history.took(done, option["key"]),
        "drill": history.drill(done, option["key"]),
        "undoes": undoes,
        "takes_back": list(known.takes_back),
        "blocked": [],
        "warnings": [],
        "unknown": [],
        "percent": _percent(known),
        "artifact": known.artifact,
        "button": "",
    }
    found["blocked"] = remarks.blocked(found)
    found["warnings"] = remarks.warnings(found)
    found["unknown"] = remarks.unknown(found)
    found["button"] = remarks.button(found)
    return found


def _preconditions(known: facts.Way) -> list[Precondition]:
    shown_by = known.option["shown_by"]
    answers = [looking.judge(name, known) for name in shown_by]
    return [
        {
            "text": line["text"],
            "house": line["house"],
            "shown_by": name,
            "verdict": str(seen.verdict),
            "summary": seen.summary,
            "looked_at": utc_or_none(seen.looked_at),
            "facts": dict(seen.facts),
        }
        for line, name, seen in zip(known.option["preconditions"], shown_by, answers, strict=True)
    ]


def _undoes(known: facts.Way) -> Undoes:
    preview = known.preview
    if preview is None or preview.made_at is None:
        why = code.why_no_preview(known, preview)
        return {
            "known": False, "why": why, "commits": 0, "more": False, "hotfixes": [], "security": [],
            "migrations": "", "secrets": [], "config": [], "digest": "", "made_at": None,
        }  # fmt: skip
    data = preview.data
    return {
        "known": True,
        "why": "",
        "commits": int(data.get("count") or 0),
        "more": bool(data.get("more")),
        "hotfixes": [str(one["title"]) for one in data.get("hotfixes") or []],
        "security": [str(one["subject"]) for one in data.get("security") or []],
        "migrations": str((data.get("migrations") or {}).get("verdict") or ""),
        "secrets": list(data.get("secrets") or []),
        "config": list(data.get("config") or []),
        "digest": preview.digest,
        "made_at": utc(preview.made_at),
    }


def _percent(known: facts.Way) -> int | None:
    """How many have what runs now, as a store told it last; of the version before it says nothing."""
    if known.option["kind"] != HALT or known.running is None:
        return None
    rows = Deployment.objects.filter(product=known.product, percent__isnull=False).order_by("-at", "-pk")[:50]
    return next((one.percent for one in rows if bare(one.version) == known.running.version), None)
