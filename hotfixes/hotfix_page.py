"""What the page of a hotfix shows, read once: its checks by the process's steps, each with its history and commands."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hotfixes import hotfix_panel, shown, standing
from hotfixes.hotfix_panel import HotfixShown
from hotfixes.models import CheckResult, Evidence, Hotfix
from hotfixes.standing import CheckView, SaidView
from incidents import placeholders, shell
from products.models import Deployment

# Of answers that changed, the newest of all checks together: beyond these nobody reads on a page.
MOST = 300
RECEIVED = 20


@dataclass(frozen=True)
class CheckShown:
    """`told`: the same as the incident page shows it. `before`: earlier answers, the newest first."""

    view: CheckView
    told: Any
    before: list[CheckResult]

    @property
    def override(self) -> SaidView | None:
        return self.view.override

    @property
    def attestation(self) -> SaidView | None:
        return self.view.attestation


@dataclass(frozen=True)
class StepShown:
    key: str
    title: str
    number: int
    checks: list[CheckShown]
    commands: list[tuple[str, str]]
    current: bool = False


@dataclass(frozen=True)
class HotfixPage:
    glance: HotfixShown
    next: CheckShown | None
    steps: list[StepShown]
    evidence: list[Evidence]
    deployments: list[Deployment]


def read(hotfix: Hotfix, now: datetime) -> HotfixPage:
    known = standing.standing(hotfix)
    earlier = _earlier(hotfix)
    checks = [CheckShown(one, shown.of_check(one, hotfix), earlier[one.key]) for one in known.checks]
    following = next((one for one in checks if known.next and one.view.key == known.next.key), None)
    return HotfixPage(
        hotfix_panel.of(known, now),
        following,
        _steps(hotfix, checks, now, following),
        list(hotfix.evidence.select_related("by").order_by("-pk")[:RECEIVED]),
        _deployments(hotfix),
    )


def _earlier(hotfix: Hotfix) -> dict[str, list[CheckResult]]:
    found: dict[str, list[CheckResult]] = defaultdict(list)
    for row in hotfix.results.exclude(superseded_at=None).order_by("-pk")[:MOST]:
        found[row.key].append(row)
    return found


def _deployments(hotfix: Hotfix) -> list[Deployment]:
    rows = Deployment.objects.filter(product=hotfix.product, at__gte=hotfix.incident.detected_at)
    found = rows.filter(hotfix__in=["", hotfix.ref]).select_related("environment", "by")
    return list(found.order_by("-at", "-pk")[:RECEIVED])


def _steps(
    hotfix: Hotfix, checks: list[CheckShown], now: datetime, following: CheckShown | None
) -> list[StepShown]:
    """In the process's order; what no step names comes last."""
    values = {**placeholders.values(hotfix.incident, now), **shown.names(hotfix)}
    found = []
    document = hotfix.incident.process_version.document
    for number, spec in enumerate(document.get("steps") or [], start=1):
        mine = [one for one in checks if one.view.step == spec["key"]]
        commands = [
            (shell.fill(one["run"].rstrip(), values), one.get("about") or "")
            for one in spec.get("commands") or []
        ]
        if mine or commands:
            current = following in mine
            found.append(StepShown(str(spec["key"]), str(spec["title"]), number, mine, commands, current))
    named = {one.view.key for step in found for one in step.checks}
    rest = [one for one in checks if one.view.key not in named]
    return [*found, StepShown("besides", _("Besides"), 0, rest, [])] if rest else found
