"""Who has which role on an incident, who may take it, who may decide (K138–K140): reads only.

A role that decides is held by people listed for it on the product; while nobody has it, also by those listed for its
deputy roles. "lead" exists beside the roles of every process: whoever coordinates.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from incidents.glance import assignments_of, once, steady
from incidents.models import Assignment, Incident, Participant
from incidents.rules import respond, sees
from products.models import RoleHolder
from products.process.roles import ProcessRole

LEAD = "lead"
type People = dict[str, list[User]]


class Standing(StrEnum):
    """By which right somebody may take a role. BREAK_GLASS only with a reason, and on record."""

    LISTED = "listed"
    DEPUTY = "deputy"
    RESPONDER = "responder"
    BREAK_GLASS = "break_glass"
    NONE = ""


@dataclass(frozen=True)
class RoleView:
    """A role at this moment, for one reader. `deputies` are those who stand in, in order; the holder is not among them.

    `may_claim`: in one tap. `may_break_glass`: as administrator, with a reason. `broke_glass`: it is held that way.
    """

    role: str
    label: str
    user: User | None
    since: datetime | None
    responsibilities: tuple[str, ...]
    decides: bool
    needed: bool
    deputies: tuple[User, ...] = ()
    mine: bool = False
    may_claim: bool = False
    may_break_glass: bool = False
    broke_glass: bool = False


def role_of(incident: Incident, key: str) -> ProcessRole:
    """The role of the incident's own version of the process, or the lead. ValidationError on `role` for others."""
    known = {role.key: role for role in (*roles_of(incident), lead_role())}
    # A process may call one of its own roles so; then that one counts.
    known |= {role.key: role for role in roles_of(incident)}
    if key not in known:
        words = {"roles": ", ".join(known)}
        raise ValidationError({"role": _("This incident has these roles: %(roles)s.") % words})
    return known[key]


def roles_of(incident: Incident) -> list[ProcessRole]:
    return incident.process_version.roles()


def lead_role() -> ProcessRole:
    keeps = _("Keeps the overview: what is tried next, and who does it")
    return ProcessRole(LEAD, _("Lead"), needed=False, responsibilities=(keeps,))


def listed(incident: Incident) -> People:
    """Per role the people listed on the product who can act now, in order: active, in the team, and let in."""
    # A verb lets people in to a private one.
    asked = once if incident.private else steady
    return asked(incident, "listed", lambda: _listed(incident))


def _listed(incident: Incident) -> People:
    return listed_of([incident])[incident.pk]


def listed_of(incidents: Sequence[Incident]) -> dict[int, People]:
    """The same for each of them, by the incident's primary key. One query, and one more where any is private."""
    private = [one.pk for one in incidents if one.private]
    let_in = Participant.objects.filter(incident__in=private).values_list("incident", "user")
    seen = set(let_in) if private else set()
    of_product: dict[int, list[RoleHolder]] = defaultdict(list)
    for row in _who_can_act({one.product_id for one in incidents}):
        of_product[row.product_id].append(row)
    found: dict[int, People] = {one.pk: {} for one in incidents}
    for one in incidents:
        for row in of_product[one.product_id]:
            if not one.private or (one.pk, row.user_id) in seen:
                found[one.pk].setdefault(row.role, []).append(row.user)
    return found


def _who_can_act(products: Collection[int]) -> QuerySet[RoleHolder]:
    member = Membership.objects.filter(user=OuterRef("user"), team=OuterRef("product__team"))
    rows = RoleHolder.objects.filter(product__in=products, user__is_active=True)
    rows = rows.filter(Q(user__is_administrator=True) | Exists(member))
    return rows.select_related("user").order_by("role", "position")


def is_listed(incident: Incident, user: User) -> bool:
    """For any role of its product."""
    return any(user in users for users in listed(incident).values())


def held(incident: Incident) -> dict[str, Assignment]:
    """Role → who has it now."""
    return {row.role: row for row in assignments_of(incident) if row.until is None}


def standing(incident: Incident, role: ProcessRole, user: User, people: People, *, taken: bool) -> Standing:
    """By which right `user` may hold `role`; whoever may not see the incident has none."""
    if not sees(user, incident):
        return Standing.NONE
    if role.decides or user in people.get(role.key, []):
        return _right(role, user, people, taken=taken)
    return Standing.RESPONDER if respond(user, incident) else Standing.NONE


def _right(role: ProcessRole, user: User, people: People, *, taken: bool) -> Standing:
    """Of somebody who sees the incident, to a role that decides or for which they are listed."""
    if user in people.get(role.key, []):
        return Standing.LISTED
    if not taken and user in stand_ins(role, people):
        return Standing.DEPUTY
    return Standing.BREAK_GLASS if user.is_administrator else Standing.NONE


def stand_ins(role: ProcessRole, people: People) -> list[User]:
    """The people of its deputy roles, each once. Those listed, not whoever took such a role in one tap."""
    return _once(user for key in role.deputies for user in people.get(key, []))


def holders(incident: Incident, reader: User | None = None) -> list[RoleView]:
    """Every role of the incident's process in its order; `mine` and `may_…` are for `reader`."""
    return _views(incident, roles_of(incident), reader)


def with_lead(incident: Incident, reader: User | None = None) -> list[RoleView]:
    """As `holders`, after the lead."""
    roles = roles_of(incident)
    first = [] if any(role.key == LEAD for role in roles) else [lead_role()]
    return _views(incident, [*first, *roles], reader)


def _views(incident: Incident, roles: list[ProcessRole], reader: User | None) -> list[RoleView]:
    now, people = held(incident), listed(incident)
    return [_view(incident, role, now.get(role.key), people, reader) for role in roles]


def _view(
    incident: Incident, role: ProcessRole, has: Assignment | None, people: People, reader: User | None
) -> RoleView:
    right = Standing.NONE
    if reader and has is None and incident.is_open:
        right = standing(incident, role, reader, people, taken=False)
    order = _once([*people.get(role.key, []), *stand_ins(role, people)])
    return RoleView(
        role.key,
        role.label,
        has.user if has else None,
        has.since if has else None,
        role.responsibilities,
        role.decides,
        role.needed,
        deputies=tuple(user for user in order if not has or user.pk != has.user_id),
        mine=bool(has and reader and has.user_id == reader.pk),
        may_claim=right in (Standing.LISTED, Standing.DEPUTY, Standing.RESPONDER),
        may_break_glass=right == Standing.BREAK_GLASS,
        broke_glass=bool(has and has.break_glass),
    )


@dataclass(frozen=True)
class Decider:
    """In which role somebody decides, and by which right."""

    role: str
    label: str
    right: Standing

    @property
    def broke_glass(self) -> bool:
        return self.right == Standing.BREAK_GLASS


def decides_as(incident: Incident, user: User) -> Decider | None:
    """In which role `user` would decide now; as administrator (to be recorded loudly) only where no role lets them.

    Being listed is what counts: whoever is taken off the list decides no more, even while they hold the role.
    """
    if not sees(user, incident):
        return None
    return decides_by(roles_of(incident), user, held(incident), listed(incident))


def decides_by(
    roles: Iterable[ProcessRole], user: User, taken: Collection[str], people: People
) -> Decider | None:
    """The same of what is known already: `user` sees the incident, somebody has the roles whose keys are `taken`."""
    found = [
        Decider(role.key, role.label, _right(role, user, people, taken=role.key in taken))
        for role in roles
        if role.decides
    ]
    order = [Standing.LISTED, Standing.DEPUTY, Standing.BREAK_GLASS]
    may = sorted((one for one in found if one.right in order), key=lambda one: order.index(one.right))
    return may[0] if may else None


def may_decide(incident: Incident, user: User) -> bool:
    """By a role, not by breaking the glass: `decides_as` tells of that too."""
    found = decides_as(incident, user)
    return found is not None and not found.broke_glass


def deciders(incident: Incident) -> list[User]:
    """Who may decide, in the order to ask them: who has the role, who is listed, their deputies if nobody has it."""
    now, people = held(incident), listed(incident)
    asked: list[User] = []
    for role in roles_of(incident):
        if not role.decides:
            continue
        mine, has = people.get(role.key, []), now.get(role.key)
        asked += [user for user in mine if has and user.pk == has.user_id] + mine
        asked += [] if has else stand_ins(role, people)
    return _once(asked)


def _once(users: Iterable[User]) -> list[User]:
    return list(dict.fromkeys(users))
