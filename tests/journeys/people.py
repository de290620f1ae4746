"""Who takes part in a story: each with a name of their own, at the address of their team."""

from typing import Any

from accounts.models import Team, User
from products.models import Product, RoleHolder
from tests.factories import join, make_user


def person(name: str, team: Team, *, rank: str = "responder", **facts: Any) -> User:
    user = make_user(f"{name}@{team.slug}.test", name=name.capitalize(), **facts)
    join(user, team, rank)
    return user


def listed(name: str, role: str, product: Product, rank: str = "responder") -> User:
    """Somebody of the product's team whom it lists for a role of its process."""
    user = person(name, product.team, rank=rank)
    RoleHolder.objects.create(product=product, role=role, user=user, position=1)
    return user
