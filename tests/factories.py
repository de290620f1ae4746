"""Rows for tests, without randomness. Each owner appends functions for their own models."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists

from accounts import access
from accounts.models import Membership, Role, Team, User
from monitoring.add import add as add_monitor
from monitoring.models import Monitor, Target
from products.create_product import create_product
from products.models import Environment, Process, Product, ProductSlug
from tests.shipped import facts_of, import_once

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
    made = Membership(user=user, team=team, role=Role(role))
    Membership.objects.bulk_create(
        [made], update_conflicts=True, unique_fields=["user", "team"], update_fields=["role"]
    )
    access.forget_roles(user)
    return made


def make_monitor(product: Product | None = None, **fields: Any) -> Monitor:
    """A monitor that is due: `http` at an address that nothing answers, unless told otherwise."""
    facts = {"kind": "http", "target": "http://127.0.0.1:9/", "name": "Checkout", **fields}
    return add_monitor(product or make_product(), by=None, **facts)


def make_product(team: Team | None = None, process: str = "krow", **fields: Any) -> Product:
    """A product of `team` (else of "payments") by a shipped process, made by an administrator."""
    import_once()
    maker = User.objects.filter(is_administrator=True).first()
    maker = maker or make_user("maker@example.test", is_administrator=True)
    team = team or Team.objects.filter(slug="payments").first() or make_team()
    facts: dict[str, Any] = {"name": "Staff Mobile", **fields}
    by = Process.objects.annotate(first=~Exists(Product.objects.all())).get(key=process)
    key = repr(sorted(facts.items()))
    if not by.__dict__.pop("first"):
        return create_product(team=team, process=by, by=maker, **facts)
    if key not in _made:
        product = create_product(team=team, process=by, by=maker, **facts)
        _made[key] = _Made(
            facts_of(product, "team", "process", "created_at"),
            facts_of(product.slugs.get(), "product"),
            facts_of(product.environments.get(), "product"),
        )
        return product
    return _made[key].again(team, by)


@dataclass(frozen=True)
class _Made:
    """The rows of the only product of a house, as the verb made them once: the same again by three statements."""

    product: dict[str, Any]
    slug: dict[str, Any]
    environment: dict[str, Any]

    def again(self, team: Team, process: Process) -> Product:
        product = Product.objects.create(team=team, process=process, **deepcopy(self.product))
        ProductSlug.objects.create(product=product, **self.slug)
        Environment.objects.create(product=product, **deepcopy(self.environment))
        return product


_made: dict[str, _Made] = {}


def make_target(product: Product | None = None, **fields: Any) -> Target:
    """The one target of a new http monitor."""
    return make_monitor(product, **fields).targets.get()
