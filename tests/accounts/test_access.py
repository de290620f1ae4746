"""The one gate: who holds which role, what is registered, what an outsider and an insider are told."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from accounts import access
from accounts.access import allowed, authorize, has_role, highest_role, role_in, rule, teams_of
from accounts.models import Role, Team, User
from tests.factories import join, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def _own_rules() -> Iterator[None]:
    """Lets a test register rules and forgets them afterwards."""
    before = dict(access._rules)
    yield
    access._rules.clear()
    access._rules.update(before)


def test_roles_are_ordered() -> None:
    assert Role.VIEWER < Role.RESPONDER < Role.MANAGER < Role.ADMIN
    assert max(Role.VIEWER, Role.ADMIN, Role.MANAGER) == Role.ADMIN
    assert Role.MANAGER >= "manager"
    assert sorted(Role, reverse=True) == [Role.ADMIN, Role.MANAGER, Role.RESPONDER, Role.VIEWER]


def test_a_role_counts_in_its_own_team_only() -> None:
    user, mine, other = make_user(), make_team("mine"), make_team("other")
    join(user, mine, Role.MANAGER)
    assert (role_in(user, mine), role_in(user, mine.pk), role_in(user, other)) == (
        Role.MANAGER,
        Role.MANAGER,
        None,
    )
    assert (has_role(user, mine, Role.MANAGER), has_role(user, mine, Role.ADMIN)) == (True, False)
    assert list(teams_of(user)) == [mine]
    assert highest_role(user) == Role.MANAGER


def test_an_administrator_is_an_admin_everywhere() -> None:
    root, team = make_user(is_administrator=True), make_team()
    assert (role_in(root, team), highest_role(root), list(teams_of(root))) == (Role.ADMIN, Role.ADMIN, [team])


def test_anonymous_and_deactivated_people_hold_nothing() -> None:
    team, gone = make_team(), make_user(is_active=False, is_administrator=True)
    join(gone, team, Role.ADMIN)
    for actor in (gone, AnonymousUser()):
        assert (role_in(actor, team), highest_role(actor), list(teams_of(actor))) == (None, None, [])
        assert allowed(actor, "view", team) is False


def test_roles_are_asked_for_once_per_request(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user, teams = make_user(), [make_team(f"team-{n}") for n in range(3)]
    join(user, teams[0])
    with django_assert_num_queries(1):
        assert [role_in(user, team) for team in teams] == [Role.RESPONDER, None, None]
    join(user, teams[1], Role.VIEWER)
    assert role_in(user, teams[1]) == Role.VIEWER


def test_an_outsider_finds_nothing_and_a_viewer_is_refused() -> None:
    team, viewer, outsider = make_team(), make_user(), make_user("out@example.test")
    join(viewer, team, Role.VIEWER)
    authorize(viewer, "view", team)
    with pytest.raises(PermissionDenied):
        authorize(viewer, "change", team)
    with pytest.raises(Http404):
        authorize(outsider, "change", team)
    with pytest.raises(Http404):
        authorize(outsider, "view", team)


def test_what_nobody_registered_is_denied_even_to_an_administrator() -> None:
    root, team = make_user(is_administrator=True), make_team()
    assert allowed(root, "launch", team) is False
    with pytest.raises(PermissionDenied):
        authorize(root, "launch", team)


@pytest.mark.usefixtures("_own_rules")
def test_a_rule_may_say_no_to_an_administrator() -> None:
    rule("open_privately", Team)(lambda actor, team: False)
    assert allowed(make_user(is_administrator=True), "open_privately", make_team()) is False


@pytest.mark.usefixtures("_own_rules")
def test_two_rules_for_the_same_thing_stop_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="two rules for view Team"):
        rule("view", Team)(lambda actor, team: True)


WHO = ("outsider", "viewer", "responder", "manager", "admin", "administrator", "anonymous", "deactivated")
MATRIX = {
    ("view", "team"): {"viewer", "responder", "manager", "admin", "administrator"},
    ("change", "team"): {"admin", "administrator"},
    ("add_person", "team"): {"admin", "administrator"},
    ("put_in", "team"): {"admin", "administrator"},
    ("add", "Team"): {"administrator"},
    ("view", "membership"): {"viewer", "responder", "manager", "admin", "administrator"},
    ("change_role", "membership"): {"admin", "administrator"},
    ("remove", "membership"): {"admin", "administrator"},
    ("browse", "User"): {"admin", "administrator"},
    ("add", "User"): {"admin", "administrator"},
    ("view", "person"): {"admin", "administrator"},
    ("deactivate", "person"): {"administrator"},
    ("end_second_step", "person"): {"administrator"},
    ("reactivate", "person"): {"administrator"},
    ("make_link", "person"): {"administrator"},
    ("change_email", "person"): {"administrator"},
    ("promote", "person"): {"administrator"},
    ("demote", "person"): {"administrator"},
}


def _cast(team: Team) -> dict[str, User | AnonymousUser]:
    people: dict[str, User | AnonymousUser] = {
        "outsider": make_user("outsider@example.test"),
        "administrator": make_user("administrator@example.test", is_administrator=True),
        "deactivated": make_user("deactivated@example.test", is_administrator=True, is_active=False),
        "anonymous": AnonymousUser(),
    }
    for role in Role:
        member = make_user(f"{role.value}@example.test")
        join(member, team, role)
        people[role.value] = member
    return people


def test_the_matrix_of_people_and_teams() -> None:
    team, person = make_team(), make_user("somebody@example.test")
    membership = join(person, team)
    people = _cast(team)
    things: dict[str, Model | type[Model]] = {
        "team": team,
        "membership": membership,
        "person": person,
        "Team": Team,
        "User": User,
    }
    found = {
        (action, thing): {who for who in WHO if allowed(people[who], action, things[thing])}
        for action, thing in MATRIX
    }
    assert found == MATRIX


def test_the_matrix_leaves_no_rule_of_ours_out() -> None:
    ours = {
        (action, model.__name__.lower())
        for (action, model), predicate in access._rules.items()
        if predicate.__module__ == "accounts.rules"
    }
    words = {"team": "team", "Team": "team", "membership": "membership", "person": "user", "User": "user"}
    assert ours == {(action, words[thing]) for action, thing in MATRIX}


def test_nobody_deactivates_themselves() -> None:
    root = make_user(is_administrator=True)
    assert allowed(root, "deactivate", root) is False
