"""Who may do what with people and teams. Administrators manage people; a team's admins manage its members."""

from accounts.access import has_role, highest_role, rule
from accounts.models import Membership, Role, Team, User


@rule("view", Team)
def view_team(actor: User, team: Team) -> bool:
    return has_role(actor, team, Role.VIEWER)


@rule("add", Team)
def add_team(actor: User, team: type[Team]) -> bool:
    return actor.is_administrator


@rule("change", Team)
@rule("add_person", Team)
@rule("put_in", Team)
def manage_team(actor: User, team: Team) -> bool:
    return has_role(actor, team, Role.ADMIN)


@rule("view", Membership)
def view_membership(actor: User, membership: Membership) -> bool:
    return has_role(actor, membership.team_id, Role.VIEWER)


@rule("change_role", Membership)
@rule("remove", Membership)
def manage_membership(actor: User, membership: Membership) -> bool:
    return has_role(actor, membership.team_id, Role.ADMIN)


@rule("browse", User)
@rule("add", User)
def manage_people(actor: User, user: type[User]) -> bool:
    """The list of people and the page to add one: for whoever is an admin of some team."""
    return highest_role(actor) == Role.ADMIN


@rule("view", User)
def view_user(actor: User, user: User) -> bool:
    return actor.pk == user.pk or highest_role(actor) == Role.ADMIN


@rule("reactivate", User)
@rule("make_link", User)
@rule("change_email", User)
@rule("promote", User)
@rule("demote", User)
def administrate(actor: User, user: User) -> bool:
    """A link lets its holder in as that person, so a team's admin makes none for who exists already."""
    return actor.is_administrator


@rule("deactivate", User)
@rule("end_second_step", User)
def administrate_others(actor: User, user: User) -> bool:
    """Their own second step an administrator ends on their own page, where it is asked whether it is them."""
    return actor.is_administrator and actor.pk != user.pk
