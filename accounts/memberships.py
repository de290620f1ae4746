"""Who is in which team as what. Each change tells that person's open pages."""

from __future__ import annotations

import structlog
from django.db import transaction

from accounts import access
from accounts.models import Membership, Role, Team, User

_log = structlog.get_logger(__name__)


def put_in_team(user: User, team: Team, role: Role, *, by: User | None) -> Membership:
    """Puts `user` into `team` as `role`; who is there already gets that role. `by` None = the first start."""
    with transaction.atomic():
        membership, _ = Membership.objects.update_or_create(user=user, team=team, defaults={"role": role})
        access.changed(user)
    _log.info("accounts.put_in_team", user=user.pk, team=team.slug, role=role.value, by=by.pk if by else None)
    return membership


def change_role(membership: Membership, role: Role, *, by: User) -> None:
    """Gives the member another role in the same team."""
    with transaction.atomic():
        membership.role = role
        membership.save(update_fields=["role"])
        access.changed(membership.user)
    _log.info("accounts.role_changed", membership=membership.pk, role=role.value, by=by.pk)


def remove_from_team(membership: Membership, *, by: User) -> None:
    """Ends the membership; what the person did there stays on record."""
    user, team = membership.user, membership.team
    with transaction.atomic():
        membership.delete()
        access.changed(user)
    _log.info("accounts.removed_from_team", user=user.pk, team=team.slug, by=by.pk)
