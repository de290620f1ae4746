"""Rows for tests, without randomness. Each owner appends functions for their own models."""

from __future__ import annotations

from typing import Any

from accounts import access
from accounts.models import Membership, Role, Team, User
from monitoring.add import add as add_monitor
from monitoring.models import Monitor, Target
from products.create_product import create_product
from products.models import Process, Product
from tests.shipped import import_once

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


def make_monitor(product: Product | None = None, **fields: Any) -> Monitor:
    """A monitor that is due: `http` at an address that nothing answers, unless told otherwise."""
    facts = {"kind": "http", "target": "http://127.0.0.1:9/", "name": "Checkout", **fields}
    return add_monitor(product or make_product(), by=None, **facts)


def make_product(team: Team | None = None, process: str = "krow", **fields: Any) -> Product:
    """A product of `team` (else of "payments") by a shipped process, made by an administrator."""
    import_once()
    maker = User.objects.filter(is_administrator=True).first()
    facts: dict[str, Any] = {"name": "Staff Mobile", **fields}
    return create_product(
        team=team or Team.objects.filter(slug="payments").first() or make_team(),
        process=Process.objects.get(key=process),
        by=maker or make_user("maker@example.test", is_administrator=True),
        **facts,
    )


def make_target(product: Product | None = None, **fields: Any) -> Target:
    """The one target of a new http monitor."""
    return make_monitor(product, **fields).targets.get()
