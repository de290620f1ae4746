"""Who is listed for a role of the process on a product: who may decide, and in which order people are asked (K138).

The first one holds it by default, the next ones are deputies. Managers of the team change it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from products.models import Contact, Product, RoleHolder
from products.process.roles import ProcessRole

_log = structlog.get_logger(__name__)
MOST = 10


@transaction.atomic
def list_for_role(product: Product, *, role: str, user: User, by: User) -> RoleHolder:
    """The last in the role's order. Raises ValidationError by field: no such role, not of the team, listed already."""
    Product.objects.select_for_update().get(pk=product.pk)
    roles = {each.key: each.label for each in roles_of(product)}
    if role not in roles:
        words = {"roles": ", ".join(roles) or _("none")}
        raise ValidationError({"role": _("The process of this product has these roles: %(roles)s.") % words})
    if not user.is_active or not user.memberships.filter(team=product.team_id).exists():
        raise ValidationError({"user": _("%(user)s is not in this product's team.") % {"user": user}})
    known = list(RoleHolder.objects.filter(product=product, role=role))
    if any(holder.user_id == user.pk for holder in known):
        words = {"user": str(user), "role": roles[role]}
        raise ValidationError({"user": _("%(user)s is listed for %(role)s already.") % words})
    if len(known) >= MOST:
        raise ValidationError({"role": _("At most %(most)s people are listed for a role.") % {"most": MOST}})
    position = max((holder.position for holder in known), default=0) + 1
    listed = RoleHolder.objects.create(product=product, role=role, user=user, position=position)
    _log.info("role_holder.listed", product=product.slug, role=role, user=user.pk, by=by.pk)
    return listed


@transaction.atomic
def unlist(holder: RoleHolder, *, by: User) -> None:
    """May not take the role any more, nor decide in it, from this moment on. What was decided stays."""
    _log.info(
        "role_holder.unlisted", product=holder.product.slug, role=holder.role, user=holder.user_id, by=by.pk
    )
    holder.delete()


@transaction.atomic
def move_up(holder: RoleHolder, *, by: User) -> None:
    """One place earlier; the first one stays where it is."""
    Product.objects.select_for_update().get(pk=holder.product_id)
    holder.refresh_from_db()
    same = RoleHolder.objects.filter(product=holder.product_id, role=holder.role)
    before = same.filter(position__lt=holder.position).order_by("-position").first()
    if before is None:
        return
    holder.position, before.position = before.position, holder.position
    holder.save(update_fields=["position"])
    before.save(update_fields=["position"])
    _log.info(
        "role_holder.moved", product=holder.product.slug, role=holder.role, user=holder.user_id, by=by.pk
    )


@dataclass(frozen=True)
class Listed:
    """`missing` is why this one does not count at present, in words; empty when they do."""

    holder: RoleHolder
    missing: str = ""


@dataclass(frozen=True)
class RoleList:
    """A role with its people and contacts. Not `known`: the product's process has no such role (any more)."""

    role: ProcessRole
    known: bool = True
    listed: list[Listed] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    deputies: list[str] = field(default_factory=list)

    @property
    def nobody_decides(self) -> bool:
        return self.known and self.role.decides and all(one.missing for one in self.listed)


def roles_of(product: Product) -> list[ProcessRole]:
    """Those of the process's current version, in its order."""
    version = product.process.current
    return version.roles() if version else []


def role_lists(product: Product) -> list[RoleList]:
    """Every role of the product's process in its order, then those that only the list still knows."""
    rows = list(RoleHolder.objects.filter(product=product).select_related("user"))
    contacts = list(Contact.objects.filter(product=product).select_related("user"))
    team = set(product.team.memberships.values_list("user", flat=True))
    known = roles_of(product)
    labels = {role.key: role.label for role in known}
    lists = [
        RoleList(
            role,
            listed=_listed(rows, role.key, team),
            contacts=[contact for contact in contacts if reaches(contact, role)],
            deputies=[labels.get(key, key) for key in role.deputies],
        )
        for role in known
    ]
    gone = dict.fromkeys([row.role for row in rows] + [c.role for c in contacts if c.role])
    lists += [
        RoleList(
            ProcessRole(key, key),
            known=False,
            listed=_listed(rows, key, team),
            contacts=[contact for contact in contacts if contact.role == key],
        )
        for key in gone
        if key not in labels
    ]
    return lists


def reaches(contact: Contact, role: ProcessRole) -> bool:
    """Whether `contact` is the way to whoever has `role`: it names the role, or is called as the role is (K132)."""
    return contact.role == role.key or (
        not contact.role and contact.label.casefold() == role.label.casefold()
    )


def _listed(rows: list[RoleHolder], role: str, team: set[int]) -> list[Listed]:
    return [Listed(row, _missing(row.user, team)) for row in rows if row.role == role]


def _missing(user: User, team: set[int]) -> str:
    if not user.is_active:
        return _("may not sign in any more")
    return "" if user.pk in team else _("no longer in the team")
