"""The hotfixes of an incident on its page: names to copy, the repository, how big the change is, what is in the way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.access import allowed, signed_in
from accounts.models import User
from hotfixes.decision import decide
from hotfixes.naming import named
from hotfixes.standing import shown
from hotfixes.standing.repository_state import RepositoryState, repository_state
from hotfixes.standing.standing import CheckView, Standing
from incidents import glance, panels
from incidents.models import Incident, Status
from incidents.page.actions import OFFERS
from incidents.work import work
from products.vocabulary import EventKind, Verdict

# What is known beforehand is news until the fix is merged.
BEFORE_MERGE = ("preparing", "branch", "fixing", "review", "approved")
# Said loudly; the rest of a preflight is quiet.
LOUD = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN)
_ORDER = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.PENDING, Verdict.STATED, Verdict.PASS)


@dataclass(frozen=True)
class Line:
    """What is known beside the checks: a verdict with its sentence, and what to do."""

    key: str
    verdict: str
    summary: str = ""
    next_text: str = ""
    commands: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(Verdict(self.verdict).label)


@dataclass(frozen=True)
class HotfixShown:
    """One hotfix with what the template needs; nothing is decided there."""

    standing: Standing
    stage: str
    names: list[tuple[str, str, str]]
    state: RepositoryState | None
    minimal: CheckView | None
    loud: list[Line]
    quiet: list[Line]
    counts: list[tuple[Line, int]]

    @property
    def hotfix(self) -> Any:
        return self.standing.hotfix


def of(standing: Standing, now: datetime) -> HotfixShown:
    hotfix = standing.hotfix
    minimal = standing.check("minimal_diff")
    lines = [line(one) for one in hotfix.preflight] if standing.stage in BEFORE_MERGE else []
    after = [one for one in map(line, hotfix.guard) if one.verdict in (Verdict.FAIL, Verdict.WARN)]
    found = [("branch", _("Branch"), named.branch(hotfix)), ("tag", _("Tag"), named.tag(hotfix))]
    found.insert(0, ("base", _("Starts from"), named.base_tag(hotfix)))
    return HotfixShown(
        standing=standing,
        stage=standing.stage_words,
        names=[one for one in found if one[2]],
        state=repository_state(hotfix, now),
        minimal=minimal if minimal and minimal.facts.get("files") else None,
        loud=[*(one for one in lines if one.verdict in LOUD), *after],
        quiet=[one for one in lines if one.verdict not in LOUD],
        counts=[(Line("", verdict), n) for verdict in _ORDER if (n := standing.counts[verdict])],
    )


def line(one: dict[str, Any]) -> Line:
    """A row of the preflight or of the guard, as a round kept it."""
    return Line(
        str(one["key"]),
        str(one["verdict"]),
        str(one["summary"]),
        str(one.get("next_text") or ""),
        tuple(one.get("next_commands") or ()),
        tuple(one.get("proof") or ()),
    )


def _applies(incident: Incident, user: User) -> bool:
    return incident.status != Status.TRIAGE or bool(incident.remedy_at)


def _render(request: HttpRequest, incident: Incident) -> str:
    user = signed_in(request)
    now = glance.now(incident)
    found = [of(one, now) for one in shown.standings(incident)]
    if not found and not may_start(incident):
        return ""
    context = {
        "incident": incident,
        "found": found,
        "may": allowed(user, "start_hotfix", incident) and may_start(incident),
        "may_look": allowed(user, "look_again", incident) and incident.is_open,
        "decided": decide.standing(incident) is not None,
        "looking": any(one.state and one.state.looking for one in found),
        "offer": OFFERS["start_hotfix"],
        "zone": user.time_zone or incident.product.team.time_zone,
    }
    return render_to_string("hotfixes/panel_hotfix.html", context, request)


def may_start(incident: Incident) -> bool:
    """Open, and nobody chose to roll back: then its own steps come first."""
    return incident.is_open and work.of(incident).remedy != EventKind.ROLLBACK_STARTED


panels.register(panels.Panel("hotfix", panels.DECISION + 5, _applies, _render))
