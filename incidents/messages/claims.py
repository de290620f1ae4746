"""What a message claims, and whether it can be shown: the sentence is struck out if not (K70–K76, C17).

Never true by default: what nobody watches cannot be said to be well. Parts above that know more (a watch, a rollback,
what counts errors) register a judge of their own.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from foundation.written import utc
from incidents.clocks import calm
from incidents.glance import targets_of
from incidents.lifecycle import setbacks
from incidents.models import Incident
from incidents.work import verdicts
from incidents.work.work import Work
from monitoring.models import Target
from monitoring.states import State
from products.vocabulary import EventKind, Verdict

CLAIMS = (
    "deployed_and_verified", "no_user_action", "resolved_for_users", "restored", "stable", "zero_errors",
)  # fmt: skip
# What a hotfix's own checks say against "deployed and verified".
CONTRADICTING = ("deployed", "version_live", "smoke")
# What takes a remedy back.
AGAINST = (
    EventKind.DEPLOY_FAILED, EventKind.SMOKE_FAILED, EventKind.WATCH_FAILED, EventKind.ROLLED_BACK,
    EventKind.TAKEN_BACK,
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """`why` says what shows it, or what is missing; `facts` are the numbers, names and times behind it, plain JSON."""

    shown: bool
    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """sha256 of what was found, as canonical JSON."""
        found = {"shown": self.shown, "why": self.why, "facts": dict(self.facts)}
        text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


# `subject`: the remedy that the message speaks of ("HF-3"), empty where there is none. None: nothing is known here.
type Judge = Callable[[Incident, str, datetime], Finding | None]
_judges: dict[str, list[Judge]] = {}


def register_claim(claim: str, judge: Judge) -> None:
    """`judge(incident, subject, now)` is asked before what stands here; for an AppConfig.ready().

    Of several the first that finds it not shown decides, else the first that finds anything. It answers with a few
    queries: it is asked for each incident whose messages are shown.
    """
    if claim not in CLAIMS:
        raise ImproperlyConfigured(f"no message claims {claim}")
    if judge not in _judges.setdefault(claim, []):
        _judges[claim].append(judge)


class Claims:
    """The claims of one incident's messages at `now`; each is judged at most once per remedy."""

    def __init__(self, known: Work, now: datetime) -> None:
        self.known, self.now = known, now
        self._found: dict[tuple[str, str], Finding] = {}

    def judge(self, claim: str, subject: str = "") -> Finding:
        if (claim, subject) not in self._found:
            self._found[claim, subject] = self._judge(claim, subject)
        return self._found[claim, subject]

    def _judge(self, claim: str, subject: str) -> Finding:
        asked = (judge(self.known.incident, subject, self.now) for judge in _judges.get(claim, ()))
        said = [finding for finding in asked if finding is not None]
        against = [finding for finding in said if not finding.shown]
        return next(iter([*against, *said]), None) or _BUILT_IN[claim](self, subject)

    @cached_property
    def targets(self) -> list[Target]:
        return [target for target in self._all_targets if target.monitor.enabled]

    @cached_property
    def _all_targets(self) -> list[Target]:
        return targets_of(self.known.incident, self.now)

    def deployed_and_verified(self, subject: str) -> Finding:
        deployed = self.known.story.holds(EventKind.DEPLOYED, subject=subject)
        if deployed is None:
            return Finding(False, _("Nobody has said that it is deployed."))
        facts: dict[str, Any] = {"deployed_at": utc(self.known.at(deployed)), "said_by": deployed.actor_label}
        # The smoke tests of another remedy say nothing of this one.
        smoke = self.known.story.holds(EventKind.SMOKE_PASSED, subject=subject or deployed.subject)
        if smoke is None or self.known.at(smoke) < self.known.at(deployed):
            return Finding(False, _("The smoke tests have not passed since the deployment."), facts)
        facts |= {"smoke_passed_at": utc(self.known.at(smoke)), "tested_by": smoke.actor_label}
        worse = setbacks.unmended([one for one in self.known.story.events if one.seq > smoke.seq])
        if worse is not None:
            zone = self.known.incident.product.team.time_zone
            return Finding(False, setbacks.sentence(worse, self.known.document, zone), facts)
        return self._contradicted(subject, facts) or Finding(
            True,
            _("Deployed and smoke tests passed, says %(who)s.") % {"who": smoke.actor_label or "Nightdesk"},
            facts,
        )

    def resolved_for_users(self, subject: str) -> Finding:
        incident = self.known.incident
        if incident.users_affected is None:
            return Finding(False, _("Nobody has said how many people are affected."))
        facts = {
            "users": incident.users_affected,
            "estimate": incident.users_estimated,
            "source": incident.users_source,
        }
        if incident.resolved_at:
            at = {"resolved_at": utc(incident.resolved_at)}
            if against := self._since_resolved():
                return Finding(False, against, {**facts, **at})
            return Finding(True, _("The incident is resolved."), {**facts, **at})
        found = self.judge("deployed_and_verified", subject)
        return Finding(found.shown, found.why, {**found.facts, **facts})

    def _since_resolved(self) -> str:
        """What came after the resolution and was not made good: said by people, or seen by a monitor just now."""
        resolved = self.known.story.last(EventKind.RESOLVED)
        setback = self.known.story.last(*AGAINST)
        good = self.known.story.last(EventKind.SMOKE_PASSED, EventKind.WATCH_MET)
        if setback and resolved and setback.seq > resolved.seq and not (good and good.seq > setback.seq):
            return _("Since it was resolved: %(what)s.") % {"what": str(setback.get_kind_display()).lower()}
        down = next((target for target in self.targets if target.state == State.DOWN), None)
        words = {"name": down.monitor, "state": State.DOWN.label} if down else {}
        return _("The monitor %(name)s says: %(state)s.") % words if down else ""

    def restored(self, subject: str) -> Finding:
        facts = {"monitors": {str(t.monitor): t.state for t in self.targets}, "at": utc(self.now)}
        return self._nothing_ill(facts) or Finding(True, _("Every monitor of the product is up."), facts)

    def stable(self, subject: str) -> Finding:
        ill = self._nothing_ill({"at": utc(self.now)})
        return ill or Finding(*calm.judge(self.known, self.targets, self.now))

    def zero_errors(self, subject: str) -> Finding:
        return Finding(False, _("Nothing here counts the errors of this product."))

    def no_user_action(self, subject: str) -> Finding:
        return Finding(False, _("Only a person can know what users must do."))

    def _contradicted(self, subject: str, facts: Mapping[str, Any]) -> Finding | None:
        """What Nightdesk has seen counts more than what somebody said."""
        for one in verdicts.of(self.known.incident).shown:
            mine = not subject or one.ref == subject
            if mine and one.key in CONTRADICTING and one.verdict == Verdict.FAIL and not one.waived:
                words = {"title": one.title, "summary": one.summary}
                said = _("The check “%(title)s” says otherwise: %(summary)s") % words
                return Finding(False, said, {**facts, "check": one.key, "ref": one.ref})
        return None

    def _nothing_ill(self, facts: Mapping[str, Any]) -> Finding | None:
        if not self.targets:
            return Finding(False, _("No monitor watches this product."), facts)
        for target in self._all_targets:
            if target.pk == self.known.incident.target_id and not target.monitor.enabled:
                off = _("The monitor %(name)s, which saw it, is switched off.") % {"name": target.monitor}
                return Finding(False, off, facts)
        for target in self.targets:
            if target.state != State.UP:
                words = {"name": target.monitor, "state": State(target.state).label}
                return Finding(False, _("The monitor %(name)s says: %(state)s.") % words, facts)
        return None


_BUILT_IN: dict[str, Callable[[Claims, str], Finding]] = {
    "deployed_and_verified": Claims.deployed_and_verified,
    "no_user_action": Claims.no_user_action,
    "resolved_for_users": Claims.resolved_for_users,
    "restored": Claims.restored,
    "stable": Claims.stable,
    "zero_errors": Claims.zero_errors,
}
