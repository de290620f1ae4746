"""Rows for tests, without randomness. Each owner appends functions for their own models."""

from __future__ import annotations

from accounts import access
from accounts.models import Membership, Role, Team, User

PASSWORD = "correct horse battery"


def make_user(email: str = "ada@example.test", *, password: str | None = None, **fields: object) -> User:
    """A person; `password=PASSWORD` when the test signs in by the form (slow), else force_login."""
    fields.setdefault("name", email.split("@", 1)[0].capitalize())
    return User.objects.create_user(email, password, **fields)


def make_team(slug: str = "payments", **fields: object) -> Team:
    fields.setdefault("name", slug.replace("-", " ").capitalize())
    return Team.objects.create(slug=slug, **fields)


def join(user: User, team: Team, role: Role | str = Role.RESPONDER) -> Membership:
    """Puts `user` into `team`, silently: tests of what a change announces use accounts.memberships."""
    membership, _ = Membership.objects.update_or_create(user=user, team=team, defaults={"role": Role(role)})
    access.forget_roles(user)
    return membership
