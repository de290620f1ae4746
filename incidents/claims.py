"""What a message claims, and whether it can be shown: the sentence is struck out if not (K70–K76, C17).

Never true by default: what nobody watches cannot be said to be well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from incidents.glance import targets_of
from incidents.work import Work
from monitoring.models import Target
from monitoring.states import State
from products.vocabulary import EventKind

CALM = timedelta(hours=24)


@dataclass(frozen=True)
class Finding:
    """`why` says what shows it, or what is missing."""

    shown: bool
    why: str


class Claims:
    """The claims of one incident's messages at `now`; the monitors are asked at most once."""

    def __init__(self, known: Work, now: datetime) -> None:
        self.known, self.now = known, now

    def judge(self, claim: str) -> Finding:
        return _JUDGES[claim](self)

    @cached_property
    def targets(self) -> list[Target]:
        found = targets_of(self.known.incident, self.now)
        return [target for target in found if target.monitor.enabled]

    def deployed_and_verified(self) -> Finding:
        deployed = self.known.story.holds(EventKind.DEPLOYED)
        if deployed is None:
            return Finding(False, _("Nobody has said that it is deployed."))
        smoke = self.known.story.holds(EventKind.SMOKE_PASSED)
        if smoke is None or smoke.occurred_at < deployed.occurred_at:
            return Finding(False, _("The smoke tests have not passed since the deployment."))
        return Finding(True, _("Deployed and smoke tests passed, says %(who)s.") % {"who": smoke.actor_label})

    def resolved_for_users(self) -> Finding:
        if self.known.incident.users_affected is None:
            return Finding(False, _("Nobody has said how many people are affected."))
        if self.known.incident.resolved_at:
            return Finding(True, _("The incident is resolved."))
        return self.deployed_and_verified()

    def restored(self) -> Finding:
        return self._nothing_ill() or Finding(True, _("Every monitor of the product is up."))

    def stable(self) -> Finding:
        ill = self._nothing_ill()
        if ill:
            return ill
        late = [t for t in self.targets if t.since is None or self.now - t.since < CALM]
        if late:
            return Finding(False, _("%(name)s has not been up for 24 hours yet.") % {"name": late[0].monitor})
        return Finding(True, _("Every monitor of the product has been up for 24 hours."))

    def zero_errors(self) -> Finding:
        return Finding(False, _("Nothing here counts the errors of this product."))

    def no_user_action(self) -> Finding:
        return Finding(False, _("Only a person can know what users must do."))

    def _nothing_ill(self) -> Finding | None:
        if not self.targets:
            return Finding(False, _("No monitor watches this product."))
        for target in self.targets:
            if target.state != State.UP:
                words = {"name": target.monitor, "state": State(target.state).label}
                return Finding(False, _("The monitor %(name)s says: %(state)s.") % words)
        return None


_JUDGES: dict[str, Callable[[Claims], Finding]] = {
    "deployed_and_verified": Claims.deployed_and_verified,
    "no_user_action": Claims.no_user_action,
    "resolved_for_users": Claims.resolved_for_users,
    "restored": Claims.restored,
    "stable": Claims.stable,
    "zero_errors": Claims.zero_errors,
}
