"""What the page of a hotfix shows, read once: its checks by the process's steps, each with its history and commands."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from hotfixes.models import CheckResult, Evidence, Hotfix
from hotfixes.naming.commands import commands
from hotfixes.pages import hotfix_panel
from hotfixes.pages.alike import Alike, alike, before_it
from hotfixes.pages.hotfix_panel import HotfixShown
from hotfixes.pages.hotfix_panel import Line as Beside
from hotfixes.reported import curl
from hotfixes.reported.curl import Line
from hotfixes.standing import shown, standing
from hotfixes.standing.standing import CheckView, SaidView
from incidents.work import work
from incidents.work.steps import steps
from incidents.work.verdicts import Shown
from products.models import Deployment
from products.vocabulary import Verdict

# Of answers that changed, the newest of all checks together: beyond these nobody reads on a page.
MOST = 300
RECEIVED = 20


@dataclass(eq=False)
class CheckShown:
    """`told`: the same as the incident page shows it. `before`: earlier answers, the newest first.

    `said_above`: its words stand once above all checks that have the same, and it stands below them.
    """

    view: CheckView
    told: Shown
    before: list[CheckResult]
    said_above: bool = False

    @property
    def step(self) -> str:
        return self.view.step

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
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """`what`: which smoke test, or which check it speaks of, as the process calls it."""

    row: Evidence
    what: str = ""


@dataclass(frozen=True)
class HotfixPage:
    glance: HotfixShown
    next: CheckShown | None
    steps: list[StepShown]
    alike: list[Alike[CheckShown]]
    guard: list[Beside]
    listed: list[Line]
    evidence: list[Sent]
    deployments: list[Deployment]

    @property
    def due(self) -> datetime | None:
        """Until when it is to be deployed, while that is what comes next (K57)."""
        steps = [one for step in self.steps for one in step.checks]
        limit = next((one.view for one in steps if one.view.key == "within_limit"), None)
        if limit is None or self.next is None or self.next.view.key not in ("deployed", "within_limit"):
            return None
        text = str(limit.facts.get("due_at") or "")
        return datetime.fromisoformat(text) if text else None

    @property
    def title(self) -> str:
        """Of what comes next: where nothing can tell, what the step asks of people."""
        step = next((step for step in self.steps if step.current or self.next in step.checks), None)
        if self.next and self.next.view.verdict == Verdict.UNKNOWN and step:
            return step.title
        return str(self.next.told.summary) if self.next else ""


def read(hotfix: Hotfix, now: datetime) -> HotfixPage:
    known = standing.standing(hotfix)
    lines = curl.lines(hotfix)
    earlier = _earlier(hotfix)
    checks = [CheckShown(one, shown.of_check(one, hotfix), earlier[one.key]) for one in known.checks]
    together = alike(checks)
    for check in (one for each in together for one in each.checks):
        check.said_above = True
    following = next((one for one in checks if known.next and one.view.key == known.next.key), None)
    if together and hotfix.is_open:
        following = before_it(following, checks, steps(hotfix.incident, work.of(hotfix.incident)))
    given_up = hotfix.status == Hotfix.Status.ABANDONED
    if following and not hotfix.is_open and (given_up or following.view.verdict != Verdict.FAIL):
        following = None  # nobody waits for anything any more
    return HotfixPage(
        hotfix_panel.of(known, now),
        following,
        _steps(hotfix, checks, lines, following),
        together,
        _guard(hotfix),
        [one for one in lines if not one.step],
        _sent(hotfix, {one.view.key: str(one.view.title) for one in checks}),
        _deployments(hotfix),
    )


def _earlier(hotfix: Hotfix) -> dict[str, list[CheckResult]]:
    found: dict[str, list[CheckResult]] = defaultdict(list)
    for row in hotfix.results.exclude(superseded_at=None).order_by("-pk")[:MOST]:
        found[row.key].append(row)
    return found


def _guard(hotfix: Hotfix) -> list[Beside]:
    """Nothing before there is something to guard."""
    quiet = (Verdict.PENDING, Verdict.NOT_APPLICABLE)
    return [one for one in map(hotfix_panel.line, hotfix.guard) if one.verdict not in quiet]


def _sent(hotfix: Hotfix, titles: Mapping[str, str]) -> list[Sent]:
    document = hotfix.incident.process_version.document
    tried = {str(one["key"]): str(one["title"]) for one in document.get("smoke") or []}
    rows = hotfix.evidence.select_related("by").order_by("-pk")[:RECEIVED]
    return [
        Sent(one, tried.get(str(one.data.get("item"))) or titles.get(str(one.data.get("check")), ""))
        for one in rows
    ]


def _deployments(hotfix: Hotfix) -> list[Deployment]:
    rows = Deployment.objects.filter(product=hotfix.product, at__gte=hotfix.incident.detected_at)
    found = rows.filter(hotfix__in=["", hotfix.ref]).select_related("environment", "by")
    return list(found.order_by("-at", "-pk")[:RECEIVED])


def _steps(
    hotfix: Hotfix, checks: list[CheckShown], lines: list[Line], following: CheckShown | None
) -> list[StepShown]:
    """In the process's order; what no step names comes last."""
    written = commands(hotfix)
    found = []
    document = hotfix.incident.process_version.document
    for number, spec in enumerate(document.get("steps") or [], start=1):
        mine = [one for one in checks if one.view.step == spec["key"]]
        mine_to_run = [(one.text, one.about) for one in written if one.step == spec["key"]]
        current = following in mine
        mine = [one for one in mine if not one.said_above]
        if mine or mine_to_run or current:
            told = [one for one in lines if one.step == spec["key"]]
            found.append(
                StepShown(str(spec["key"]), str(spec["title"]), number, mine, mine_to_run, current, told)
            )
    named = {one.view.key for step in found for one in step.checks}
    rest = [one for one in checks if one.view.key not in named and not one.said_above]
    return [*found, StepShown("besides", _("Besides"), 0, rest, [])] if rest else found
