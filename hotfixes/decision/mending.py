"""What is known of the hotfix as a choice: its cause, what is there of it, who may review it, and how long it takes."""

import statistics
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from hotfixes.models import CheckResult, Hotfix
from hotfixes.standing.rows import hotfixes_of
from incidents.models import Incident, Mode
from products.contacts import responders
from products.models import Deployment
from products.targets import Target
from products.vocabulary import EnvironmentKind, EventKind, Verdict

# Below so many the process's plan is shown, marked as such.
LEAST: Final = 3
MOST: Final = 100
CHECKS: Final = ("reproduced", "tests_passed", "ci_passed", "ff_possible", "minimal_diff", "approval")
REVIEWERS: Final = 3


def mending(incident: Incident, proposal: dict[str, Any] | None) -> dict[str, Any]:
    """JSON. `cause_known` and `reproduced`: None where nobody said. `checks`: of the hotfix under way, by key."""
    hotfix = next((one for one in hotfixes_of(incident) if one.is_going_out), None)
    checks = _checks(hotfix) if hotfix else {}
    reproduced = checks.get("reproduced", {}).get("verdict") in (Verdict.PASS, Verdict.STATED) or None
    cause = (proposal or {}).get("cause")
    return {
        "ref": hotfix.ref if hotfix else "",
        "version": hotfix.new_version if hotfix else "",
        "cause_known": {"known": True, "unknown": False}.get(str(cause)),
        "reproduced": reproduced,
        "checks": checks,
        "reviewers": _reviewers(incident, hotfix),
        **times(incident),
    }


def times(incident: Incident) -> dict[str, Any]:
    """From the hotfix's start to production: p50 and p90 in seconds, of `n` of this product's own; else `plan_s`."""
    found = sorted(_took(incident))
    if len(found) < LEAST:
        return {"n": len(found), "p50_s": None, "p90_s": None, "plan_s": plan(incident)}
    tenths = statistics.quantiles(found, n=10, method="inclusive")
    return {
        "n": len(found),
        "p50_s": round(statistics.median(found)),
        "p90_s": round(tenths[8]),
        "plan_s": None,
    }


def plan(incident: Incident) -> int | None:
    """When the process's own marks expect the deployment, in seconds after the beginning."""
    for mark in incident.process_version.document.get("marks") or []:
        for what in mark.get("what") or []:
            if EventKind.DEPLOYED in (what.get("events") or []):
                return Target.parse(mark["at"]).seconds
    return None


def _took(incident: Incident) -> list[float]:
    """Seconds of the last hotfixes that reached production; drills and what was entered afterwards count nothing."""
    rows = Hotfix.objects.filter(product=incident.product_id, incident__mode=Mode.LIVE)
    last = dict(rows.order_by("-number").values_list("number", "started_at")[:MOST])
    deployments = Deployment.objects.filter(product=incident.product_id)
    return list(took({f"HF-{number}": at for number, at in last.items()}, deployments).values())


def took(began: Mapping[str, datetime], deployments: QuerySet[Deployment]) -> dict[str, float]:
    """Seconds from the start of each of these hotfixes (by ref) until `deployments` first had it in production; none of
    one that they never had there.
    """
    # Told apart here, not there: a list of thousands in a query takes longer than what it finds.
    first = (
        deployments.filter(status=Deployment.Status.SUCCEEDED, environment__kind=EnvironmentKind.PRODUCTION)
        .exclude(hotfix="")
        .order_by()
        .values_list("hotfix")
        .annotate(first=Min("at"))
    )
    times = {ref: (at - began[ref]).total_seconds() for ref, at in first if ref in began}
    return {ref: seconds for ref, seconds in times.items() if seconds >= 0}


def _checks(hotfix: Hotfix) -> dict[str, Any]:
    rows = CheckResult.objects.filter(hotfix=hotfix, key__in=CHECKS, superseded_at=None)
    found = {one.key: {"verdict": one.verdict, "summary": one.summary} for one in rows}
    return {key: found[key] for key in CHECKS if key in found}


def _reviewers(incident: Incident, hotfix: Hotfix | None) -> list[str]:
    """Who could look at it: not the lead, who most likely writes it, nor who started or wrote it."""
    wrote = {word.casefold() for word in hotfix.authors} if hotfix else set()
    out = {incident.lead_id, hotfix.started_by_id if hotfix else None}
    may = [
        user
        for user in responders(incident.product)
        if user.pk not in out and not {user.email.casefold(), user.name.casefold()} & wrote
    ]
    return [str(user) for user in may[:REVIEWERS]]


def silent(found: dict[str, Any]) -> list[tuple[str, str]]:
    """(key, question) of what nobody has said about it."""
    asked = [
        (found["cause_known"] is None, "cause", _("Is the cause known?")),
        (found["reproduced"] is None, "reproduced", _("Can somebody reproduce it?")),
        (not found["reviewers"], "reviewer", _("Who can review the fix? Nobody else responds here.")),
    ]
    return [(key, text) for applies, key, text in asked if applies]
