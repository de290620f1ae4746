"""Who is told about a product's incidents, and in which order they are asked to take one (K132–K135)."""

from __future__ import annotations

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from products.models import Contact, Product
from products.role_holders import roles_of

_log = structlog.get_logger(__name__)
MOST = 30


@transaction.atomic
def add_contact(
    product: Product,
    *,
    by: User,
    label: str = "",
    role: str = "",
    user: User | None = None,
    address: str = "",
    whole_team: bool = False,
) -> Contact:
    """The last in the order. Raises ValidationError by field: not of the team, there already, too many.

    `role` is a key of the product's process: the contact is called as that role is, unless `label` says otherwise.
    """
    Product.objects.select_for_update().get(pk=product.pk)
    if role and role not in {each.key for each in roles_of(product)}:
        raise ValidationError({"role": _("The process of this product has no such role.")})
    known = list(product.contacts.all())
    if len(known) >= MOST:
        raise ValidationError(_("A product has at most %(most)s contacts.") % {"most": MOST})
    if user and not user.memberships.filter(team=product.team_id).exists():
        raise ValidationError({"user": _("%(user)s is not in this product's team.") % {"user": user}})
    label, address = " ".join(label.split()) or _label_of(product, role), address.strip()
    same = (user.pk if user else None, address.lower(), whole_team, label.lower())
    if any((c.user_id, c.address.lower(), c.whole_team, c.label.lower()) == same for c in known):
        raise ValidationError({"label": _("This contact is here already.")})
    contact = Contact(
        product=product,
        label=label,
        role=role,
        user=user,
        address=address,
        whole_team=whole_team,
        position=max((c.position for c in known), default=0) + 1,
    )
    contact.full_clean(exclude=["user"], validate_constraints=False)
    contact.save()
    _log.info("contact.added", product=product.slug, contact=contact.pk, by=by.pk)
    return contact


def _label_of(product: Product, role: str) -> str:
    if not role:
        raise ValidationError({"label": _("Say who this is: a role, or a few words.")})
    return {each.key: each.label for each in roles_of(product)}.get(role, role)


@transaction.atomic
def remove_contact(contact: Contact, *, by: User) -> None:
    """Told no longer. What was sent stays on record."""
    _log.info("contact.removed", product=contact.product.slug, contact=contact.pk, by=by.pk)
    contact.delete()


@transaction.atomic
def move_contact(contact: Contact, *, by: User) -> None:
    """One place earlier; the first one stays where it is."""
    Product.objects.select_for_update().get(pk=contact.product_id)
    before = (
        Contact.objects.filter(product=contact.product_id, position__lt=contact.position)
        .order_by("-position")
        .first()
    )
    if before is None:
        return
    contact.position, before.position = before.position, contact.position
    contact.save(update_fields=["position"])
    before.save(update_fields=["position"])
    _log.info("contact.moved", contact=contact.pk, by=by.pk)


def responders(product: Product) -> list[User]:
    """Everybody in the product's team who may respond, by name."""
    roles = [role for role in Role if role >= Role.RESPONDER]
    mine = User.objects.filter(is_active=True, memberships__team=product.team_id, memberships__role__in=roles)
    return list(mine.order_by("name", "pk"))
