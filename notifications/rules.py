"""Who may what with channels and deliveries: a team sees its own, its managers change them; a person theirs."""

from accounts.access import has_role, rule
from accounts.models import Role, Team, User
from notifications.channels import WAYS
from notifications.models import Channel, Delivery, Kind
from notifications.sight import sees


@rule("view", Channel)
def view(actor: User, channel: Channel) -> bool:
    if channel.team_id is None:
        return channel.user_id == actor.pk
    return has_role(actor, channel.team_id, Role.VIEWER)


@rule("edit", Channel)
def edit(actor: User, channel: Channel) -> bool:
    """Where apprise goes, only an administrator says."""
    if WAYS[Kind(channel.kind)].for_admins:
        return channel.team_id is not None and has_role(actor, channel.team_id, Role.ADMIN)
    return _manages(actor, channel)


@rule("archive", Channel)
@rule("restore", Channel)
@rule("test", Channel)
def manage(actor: User, channel: Channel) -> bool:
    return _manages(actor, channel)


def _manages(actor: User, channel: Channel) -> bool:
    if channel.team_id is None:
        return channel.user_id == actor.pk
    return has_role(actor, channel.team_id, Role.MANAGER)


@rule("add_channel", Team)
def add_channel(actor: User, team: Team) -> bool:
    return has_role(actor, team, Role.MANAGER)


@rule("view", Delivery)
def view_delivery(actor: User, delivery: Delivery) -> bool:
    """That it did not arrive is the whole team's business; subject and text stay on the incident's page."""
    responds = has_role(actor, delivery.team_id, Role.RESPONDER)
    return delivery.user_id == actor.pk or (responds and sees(actor, delivery))


@rule("release", Delivery)
@rule("drop", Delivery)
def settle_held(actor: User, delivery: Delivery) -> bool:
    """After a restore: whether it was sent meanwhile is for who restored it to know."""
    return has_role(actor, delivery.team_id, Role.ADMIN) and sees(actor, delivery)


@rule("retry", Delivery)
@rule("note", Delivery)
def settle_delivery(actor: User, delivery: Delivery) -> bool:
    return has_role(actor, delivery.team_id, Role.RESPONDER) and sees(actor, delivery)
