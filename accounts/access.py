"""Who may do what: the one gate in front of every verb and every page.

Each app's `rules.py` says, per action and model, who may: `@rule("acknowledge", Incident)` over
`(actor, incident) -> bool`. What nobody registered is denied. An administrator holds `Role.ADMIN` in every
team, so a rule that asks `role_in` lets them through, and a rule that asks something else (who takes part in
a private incident) may still say no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest

from accounts.models import Membership, Role, Team, User
from live import bus

type Actor = User | AnonymousUser
type Predicate[M: Model] = Callable[[User, M], bool] | Callable[[User, type[M]], bool]
type Rule = Callable[[User, Any], bool]

_log = structlog.get_logger(__name__)
_rules: dict[tuple[str, type[Model]], Rule] = {}


def rule[M: Model](action: str, model: type[M]) -> Callable[[Predicate[M]], Predicate[M]]:
    """Registers who may do `action` to a `model`. A second rule for the same pair stops the start."""

    def register(predicate: Predicate[M]) -> Predicate[M]:
        if (action, model) in _rules and _rules[action, model] is not predicate:
            raise ImproperlyConfigured(f"two rules for {action} {model.__name__}")
        _rules[action, model] = predicate
        return predicate

    return register


def allowed(actor: Actor, action: str, obj: Model | type[Model]) -> bool:
    """Whether `actor` may do `action` to `obj` (a row, or the model where there is no row yet: "add").

    Anonymous and deactivated people may nothing. Nobody may what has no rule, and the log says so.
    """
    model = obj if isinstance(obj, type) else type(obj)
    predicate = _rules.get((action, model))
    if predicate is None:
        _log.error("access.no_rule", action=action, model=model._meta.label)
        return False
    return isinstance(actor, User) and actor.is_active and predicate(actor, obj)


def authorize(actor: Actor, action: str, obj: Model | type[Model]) -> None:
    """Returns when `actor` may; else PermissionDenied for who may at least view `obj`, Http404 for others."""
    if allowed(actor, action, obj):
        return
    if action != "view" and (isinstance(obj, type) or allowed(actor, "view", obj)):
        raise PermissionDenied(f"{action} {type(obj).__name__}")
    raise Http404


def registered() -> frozenset[tuple[str, type[Model]]]:
    """Every (action, model) that has a rule: what the authorisation matrix walks over."""
    return frozenset(_rules)


def role_in(actor: Actor, team: Team | int) -> Role | None:
    """The role of `actor` in `team` (or its id), None for an outsider. Administrators are admins everywhere.

    Asks the database once per `actor` object, that is once per request.
    """
    if not isinstance(actor, User) or not actor.is_active:
        return None
    if actor.is_administrator:
        return Role.ADMIN
    return _roles(actor).get(team if isinstance(team, int) else team.pk)


def has_role(actor: Actor, team: Team | int, least: Role) -> bool:
    """Whether `actor` is at least `least` in `team`: what most rules say in one line."""
    role = role_in(actor, team)
    return role is not None and role >= least


def highest_role(actor: Actor) -> Role | None:
    """The greatest role of `actor` in any team."""
    if not isinstance(actor, User) or not actor.is_active:
        return None
    return Role.ADMIN if actor.is_administrator else max(_roles(actor).values(), default=None)


def teams_of(actor: Actor) -> QuerySet[Team]:
    """The teams whose things `actor` may see, by name, for `filter(team__in=…)`; all for an administrator."""
    teams = Team.objects.order_by("name")
    if not isinstance(actor, User) or not actor.is_active:
        return teams.none()
    return teams if actor.is_administrator else teams.filter(memberships__user=actor)


def forget_roles(user: User) -> None:
    """Drops what this `user` object remembers of its memberships; whoever changes them calls this."""
    user.__dict__.pop("_roles_by_team", None)


def signed_in(request: HttpRequest) -> User:
    """The person behind `request`, typed. Every view but those marked `login_not_required` has one."""
    if not isinstance(request.user, User):
        raise PermissionDenied("not signed in")
    return request.user


def changed(user: User) -> None:
    """Says that what `user` may see, or whether they are signed in, has changed.

    Open pages are checked anew within 2 s. For verbs, inside their transaction.
    """
    forget_roles(user)
    bus.publish(f"access:{user.pk}")


def know_roles(users: Iterable[User]) -> None:
    """Reads what `users` are in their teams by one query, for who asks about each of them next."""
    unknown = [user for user in users if not user.is_administrator and not knows_roles(user)]
    if not unknown:
        return
    found: dict[int, dict[int, Role]] = {user.pk: {} for user in unknown}
    for pk, team, role in Membership.objects.filter(user__in=found).values_list("user_id", "team_id", "role"):
        found[pk][team] = Role(role)
    for user in unknown:
        user.__dict__["_roles_by_team"] = found[user.pk]


def knows_roles(user: User) -> bool:
    """Whether what this `user` object is in its teams was read already."""
    return "_roles_by_team" in user.__dict__


def roles_with(user: User, what: Combinable) -> list[Any]:
    """`what` of each of its memberships; by the same statement what `user` is in its teams, for who asks next."""
    rows = list(user.memberships.values_list("team_id", "role", what))
    user.__dict__["_roles_by_team"] = {team: Role(role) for team, role, _what in rows}
    return [told for _team, _role, told in rows]


def _roles(user: User) -> dict[int, Role]:
    known: dict[int, Role] | None = user.__dict__.get("_roles_by_team")
    if known is None:
        known = {team: Role(role) for team, role in user.memberships.values_list("team_id", "role")}
        user.__dict__["_roles_by_team"] = known
    return known
