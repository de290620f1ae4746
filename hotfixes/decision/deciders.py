"""Who decides on an incident: the one place that asks incidents/roles/holding.py (K138)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.access import has_role
from accounts.models import Role, User
from incidents.models import Incident
from incidents.roles import holding
from incidents.rules import respond, sees
from products.process.roles import ProcessRole

MANAGER, EMERGENCY = "manager", "emergency"


@dataclass(frozen=True)
class Decider:
    """In which role somebody decides. `right`: listed, deputy, manager, break_glass (an administrator) or emergency.

    `role` is its key, "" for a manager."""

    label: str
    right: str
    role: str = ""

    @property
    def broke_glass(self) -> bool:
        return self.right == holding.Standing.BREAK_GLASS

    @property
    def words(self) -> str:
        """`Product Owner`; a stand-in and an administrator are called so."""
        if self.broke_glass:
            return _("administrator, not listed as %(role)s") % {"role": self.label}
        if self.right == EMERGENCY:
            return _("without the role %(role)s") % {"role": self.label}
        return _("deputy of %(role)s") % {"role": self.label} if self.right == "deputy" else self.label


def decider(incident: Incident, user: User) -> Decider | None:
    """None for who may not. Where the process names nobody who decides, the team's managers do."""
    if not sees(user, incident):
        return None
    if any(role.decides for role in holding.roles_of(incident)):
        found = holding.decides_as(incident, user)
        return Decider(found.label, str(found.right), found.role) if found else None
    if has_role(user, incident.product.team_id, Role.MANAGER):
        return Decider(_("Manager of the team"), MANAGER)
    return None


def is_asked(
    roles: Sequence[ProcessRole], user: User, team: int, taken: Collection[str], listed: Iterable[str]
) -> bool:
    """The same of what is known of an incident already, not as administrator alone.

    `user` sees it and its product lists them for `listed`; somebody has the roles whose keys are `taken`.
    """
    if not any(role.decides for role in roles):
        return has_role(user, team, Role.MANAGER)
    found = holding.decides_by(roles, user, taken, {role: [user] for role in listed})
    return found is not None and not found.broke_glass


def in_emergency(incident: Incident, user: User) -> Decider | None:
    """Whoever responds, where nobody who is listed can be reached: its own state, loud wherever it is shown."""
    if not respond(user, incident):
        return None
    return Decider(_(" or ").join(roles(incident)) or _("Manager of the team"), EMERGENCY)


def asked(incident: Incident) -> list[User]:
    """Who is asked to decide, in order; empty when nobody is listed."""
    return holding.deciders(incident)


def roles(incident: Incident) -> list[str]:
    return [role.label for role in holding.roles_of(incident) if role.decides]


def refusal(incident: Incident) -> str:
    """What whoever may not decide reads: which role does, and who that is."""
    who = _(" or ").join(roles(incident)) or _("A manager of the team")
    said = _("%(who)s decides here, and you are not listed as one.") % {"who": who}
    people = asked(incident)
    return f"{said} " + _("Ask %(who)s.") % {"who": _(" or ").join(map(str, people))} if people else said
