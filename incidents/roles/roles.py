"""The verbs of roles: claim in one tap, assign, hand over with a note, give up. Who may: incidents/roles/holding.py.

One holder per role: the incident's row is held while it is looked who has it, and the database keeps a second one out.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import has_role
from accounts.models import Role, User
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.messages import obligations
from incidents.models import OPEN, Assignment, Incident, Participant, TimelineEvent
from incidents.roles import holding, vacancies
from incidents.roles.holding import LEAD, RoleView, Standing, deciders, decides_as, holders, may_decide
from incidents.rules import sees
from incidents.telling import telling
from products.process.roles import ProcessRole
from products.vocabulary import EventKind

__all__ = [
    "LEAD", "RoleView", "Taken", "assign", "claim", "deciders", "decides_as", "give_up", "hand_over", "holders",
    "may_decide",
]  # fmt: skip

ASSIGN = Step(EventKind.ASSIGNED, OPEN)
HAND_OVER = Step(EventKind.HANDED_OVER, OPEN)


class Taken(TooLate):
    """Somebody else has the role: `held` says who and since when; None: nobody has it any more."""

    def __init__(self, incident: Incident, step: Step, role: ProcessRole, held: Assignment | None) -> None:
        super().__init__(incident, step)
        self.role, self.held = role, held

    @property
    def words(self) -> str:
        if self.held is None:
            return _("Nobody has the role %(role)s now.") % {"role": self.role.label}
        return _("%(who)s has the role %(role)s.") % {"who": self.held.user, "role": self.role.label}

    @property
    def last(self) -> TimelineEvent | None:
        kinds = (EventKind.ASSIGNED, EventKind.HANDED_OVER)
        events = (
            self.incident.events.filter(kind__in=kinds).select_related("actor", "payload").order_by("-seq")
        )
        found = next((event for event in events if event.data.get("key") == self.role.key), None)
        # Given by somebody else: whoever gave it must not read that they were the faster one.
        return found if found and found.data.get("user_id") == found.actor_id else None


def claim(
    incident: Incident, role: str = LEAD, *, by: User, reason: str = "", at: datetime | None = None
) -> TimelineEvent:
    """Take a role that nobody has. The first one wins, the others get Taken.

    One that decides: only who is listed for it on the product, or a deputy; an administrator with a `reason`, which
    is put on record. Raises PermissionDenied (in a sentence) for anybody else.
    """
    with transaction.atomic():
        spec, has = _look(incident, role)
        if has:
            raise Taken(incident, ASSIGN, spec, has)
        right = holding.standing(incident, spec, by, holding.listed(incident), taken=False)
        if right == Standing.NONE:
            raise PermissionDenied(_refusal(incident, spec))
        broke = right == Standing.BREAK_GLASS
        if broke and not reason.strip():
            raise ValidationError({"reason": _("You are not listed for this role. Say why you take it.")})
        more = {"as_administrator": True} if broke else {}
        return _give(incident, spec, by, None, ASSIGN, by=by, at=at, text=reason, **more)


def assign(
    incident: Incident, *, by: User, user: User, role: str = LEAD, note: str = "", at: datetime | None = None
) -> TimelineEvent:
    """Give `role` to `user`, who is told; whoever had it has it no longer. One that decides is a manager's to give.

    The person may then see a private incident.
    """
    with transaction.atomic():
        spec, has = _look(incident, role)
        if has and has.user_id == user.pk:
            raise ValidationError({"user": _("%(user)s has this role already.") % {"user": user}})
        if spec.decides and not has_role(by, incident.product.team_id, Role.MANAGER):
            words = {"role": spec.label}
            raise PermissionDenied(
                _("%(role)s decides: only a manager of the team can give this role to somebody.") % words
            )
        if not user.is_active:
            raise ValidationError({"user": _("%(user)s may not sign in any more.") % {"user": user}})
        Participant.objects.get_or_create(incident=incident, user=user)
        _check(incident, spec, user)
        event = _give(incident, spec, user, has, ASSIGN, by=by, at=at, text=note)
        if user != by:
            telling.role_given(incident, event, user)
        return event


def hand_over(
    incident: Incident, role: str, *, to: User, by: User, note: str, at: datetime | None = None
) -> TimelineEvent:
    """Whoever has `role` passes it to `to`, with a note on where things stand; `to` is told.

    Raises Taken when `by` does not have it (any more), ValidationError by field for a person who cannot have it.
    """
    if not note.strip():
        raise ValidationError({"note": _("Say where things stand: the next one was not there.")})
    with transaction.atomic():
        spec, has = _look(incident, role)
        if has is None or has.user_id != by.pk:
            raise Taken(incident, HAND_OVER, spec, has)
        if to == by:
            raise ValidationError({"user": _("You have this role already.")})
        _check(incident, spec, to)
        event = _give(incident, spec, to, has, HAND_OVER, by=by, at=at, text=note)
        telling.role_given(incident, event, to)
        return event


def give_up(
    incident: Incident, role: str, *, by: User, note: str = "", at: datetime | None = None
) -> TimelineEvent:
    """Whoever has `role` has it no longer, and nobody else does: it is asked for again."""
    with transaction.atomic():
        spec, has = _look(incident, role)
        if has is None or has.user_id != by.pk:
            raise Taken(incident, HAND_OVER, spec, has)
        return _give(incident, spec, None, has, HAND_OVER, by=by, at=at, text=note, given_up=True)


def _look(incident: Incident, role: str) -> tuple[ProcessRole, Assignment | None]:
    """The role and who has it, with the incident held: what is seen here stays so until the end."""
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    return holding.role_of(incident, role), holding.held(incident).get(role)


def _check(incident: Incident, spec: ProcessRole, user: User) -> None:
    """ValidationError on `user` when this one cannot have the role, once nobody else has it."""
    right = holding.standing(incident, spec, user, holding.listed(incident), taken=False)
    if right in (Standing.LISTED, Standing.DEPUTY, Standing.RESPONDER):
        return
    raise ValidationError({"user": _cannot(incident, spec, user)})


def _cannot(incident: Incident, spec: ProcessRole, user: User) -> str:
    if not sees(user, incident):
        return _("%(user)s may not see this incident.") % {"user": user}
    if spec.decides:
        words = {"user": user, "role": spec.label, "product": incident.product}
        return _("%(user)s is not listed for %(role)s on %(product)s.") % words
    return _("%(user)s only reads here. Choose somebody who responds.") % {"user": user}


def _refusal(incident: Incident, spec: ProcessRole) -> str:
    if not spec.decides:
        return _("Only people who respond in this team can take a role.")
    people = holding.listed(incident)
    names = ", ".join(str(user) for user in [*people.get(spec.key, []), *holding.stand_ins(spec, people)])
    if not names:
        return _("Nobody is listed for %(role)s on this product. A manager lists people.") % {
            "role": spec.label
        }
    return _("%(role)s decides. Only these may take it: %(names)s.") % {"role": spec.label, "names": names}


def _give(
    incident: Incident,
    spec: ProcessRole,
    user: User | None,
    has: Assignment | None,
    step: Step,
    *,
    by: User,
    at: datetime | None,
    text: str,
    **more: Any,
) -> TimelineEvent:
    """The event and the rows; `has` ends, `user` begins. What is asked for the role is asked no more, or again."""
    text = text.strip()
    changes = {"lead": user} if spec.key == LEAD else {}
    data: dict[str, Any] = {"key": spec.key, "role": spec.label, **more}
    if user:
        data |= {"user": str(user), "user_id": user.pk}
    if has:
        data["was"] = str(has.user)
    event = perform(incident, step, by=by, at=at, text=text, changes=changes, **data)
    moment = event.occurred_at
    if has:
        Assignment.objects.filter(pk=has.pk).update(until=max(moment, has.since))
    if user:
        Assignment.objects.create(
            incident=incident,
            role=spec.key,
            label=spec.label,
            user=user,
            since=moment,
            by=by,
            note=text[:1000],
            break_glass="as_administrator" in more,
        )
    vacancies.changed(incident)
    obligations.pass_on(incident)
    return event
