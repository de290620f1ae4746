"""Adding people and ending their access. Nobody is deleted: what they did keeps their name."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import access, links, mail, memberships, sessions
from accounts.models import Role, Team, User

_log = structlog.get_logger(__name__)


class LastAdministrator(Exception):
    """Refused: nobody would be left who can administrate. Its text is for the page."""

    def __init__(self, user: User) -> None:
        super().__init__(
            _("%(name)s is the only administrator. Make somebody else one first.") % {"name": user}
        )


def add_person(*, email: str, name: str, team: Team, role: Role, by: User) -> tuple[User, str]:
    """A new person in `team`, and the one-time link with which they choose a password; mailed too, if mail works.

    Raises IntegrityError when somebody has that address (in any case) already.
    """
    with transaction.atomic():
        user = User.objects.create_user(email, None, name=name)
        memberships.put_in_team(user, team, role, by=by)
        link = links.make_link(user, by=by)
    mail.send(
        "accounts/mail/invitation.txt", user.email, user=user, by=by, link=link, hours=links.hours_valid()
    )
    return user, link


def change_email(user: User, email: str, *, by: User) -> None:
    """Another address to sign in with; links to the old one stop working. Raises IntegrityError when it is taken."""
    with transaction.atomic():
        user.email = email
        user.save(update_fields=["email"])
        access.changed(user)
    _log.info("accounts.email_changed", user=user.pk, by=by.pk)


def deactivate(user: User, *, by: User) -> None:
    """Ends access at once, everywhere. Raises LastAdministrator."""
    with transaction.atomic():
        _keep_an_administrator(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        sessions.end_all(user)
        access.changed(user)
    _log.info("accounts.deactivated", user=user.pk, by=by.pk)


def reactivate(user: User, *, by: User) -> None:
    """Lets `user` in again, with the roles, the password and the tokens of before."""
    with transaction.atomic():
        user.is_active = True
        user.save(update_fields=["is_active"])
        access.changed(user)
    _log.info("accounts.reactivated", user=user.pk, by=by.pk)


def promote(user: User, *, by: User) -> None:
    """Lets `user` do everything, in every team."""
    _set_administrator(user, True, by=by)


def demote(user: User, *, by: User) -> None:
    """Leaves `user` with the roles of their teams. Raises LastAdministrator."""
    _set_administrator(user, False, by=by)


def _set_administrator(user: User, value: bool, *, by: User) -> None:
    with transaction.atomic():
        if not value:
            _keep_an_administrator(user)
        user.is_administrator = value
        user.save(update_fields=["is_administrator"])
        access.changed(user)
    _log.info("accounts.administrator_set", user=user.pk, value=value, by=by.pk)


def _keep_an_administrator(leaving: User) -> None:
    """Locks every administrator in one order, so that two who deactivate each other cannot both succeed."""
    administrators = (
        User.objects.select_for_update().filter(is_administrator=True, is_active=True).order_by("pk")
    )
    left = {user.pk for user in administrators}
    if left == {leaving.pk}:
        raise LastAdministrator(leaving)
