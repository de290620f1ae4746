"""The rollbacks of an incident on its page: where it leads, how far it is, what is not known."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.access import allowed, signed_in
from accounts.models import User
from hotfixes.models import Rollback, RollbackStep
from hotfixes.rollback.remarks import HALT
from hotfixes.rollback.rows import rollbacks
from incidents import panels
from incidents.models import Box, Incident
from products.vocabulary import Verdict


@dataclass(frozen=True)
class Shown:
    rollback: Rollback
    steps: list[RollbackStep]

    @property
    def title(self) -> str:
        return str(self.rollback.option.get("title") or _("Rollback"))

    @property
    def halts(self) -> bool:
        return self.rollback.option.get("kind") == HALT

    @property
    def done(self) -> int:
        return sum(step.state != Box.OPEN for step in self.steps)

    @property
    def unknown(self) -> list[str]:
        return [one["summary"] for one in self.rollback.preconditions if one["verdict"] == Verdict.UNKNOWN]

    @property
    def wrong(self) -> list[str]:
        return [one["summary"] for one in self.rollback.preconditions if one["verdict"] == Verdict.FAIL]

    @property
    def stage(self) -> str:
        """In a word or two, for the panel and for lists."""
        if not self.rollback.is_open:
            return str(self.rollback.get_status_display())
        if self.rollback.back_at is None:
            return _("under way")
        return _("halted") if self.halts else _("the version before is back")


def of(incident: Incident) -> list[Shown]:
    """The newest first."""
    return [Shown(row, list(row.steps.all())) for row in rollbacks(incident)]


def _applies(incident: Incident, user: User) -> bool:
    return incident.remedy_at is not None


def _render(request: HttpRequest, incident: Incident) -> str:
    found = of(incident)
    if not found:
        return ""
    user = signed_in(request)
    context = {
        "incident": incident,
        "found": found,
        "may": allowed(user, "rollback_step", incident) and incident.is_open,
        "zone": user.time_zone or incident.product.team.time_zone,
    }
    return render_to_string("rollbacks/panel.html", context, request)


panels.register(panels.Panel("rollback", panels.DECISION + 4, _applies, _render))
