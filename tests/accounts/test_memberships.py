"""Put in a team, change the role, remove: for the team's admins; that person's open pages are told."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Membership, Role, Team, User
from tests.factories import join, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def chief(client: Client, team: Team) -> User:
    user = make_user("chief@example.test")
    join(user, team, Role.ADMIN)
    client.force_login(user)
    return user


def test_put_in_team(client: Client, chief: User, team: Team, announced: Callable[[], list[str]]) -> None:
    user = make_user()
    response = client.post(f"/settings/people/{user.pk}/put_in_team/", {"team": team.pk, "role": "viewer"})
    assert response["Location"] == f"/settings/people/{user.pk}/"
    assert [(m.team, m.role) for m in user.memberships.all()] == [(team, Role.VIEWER)]
    assert announced() == [f"access:{user.pk}"]


def test_put_in_a_foreign_team_is_refused(client: Client, chief: User) -> None:
    user, other = make_user(), make_team("other")
    join(chief, other, Role.MANAGER)
    response = client.post(f"/settings/people/{user.pk}/put_in_team/", {"team": other.pk, "role": "viewer"})
    assert response.status_code == 403
    assert user.memberships.count() == 0


def test_change_role(client: Client, chief: User, team: Team, announced: Callable[[], list[str]]) -> None:
    user = make_user()
    membership = join(user, team, Role.VIEWER)
    response = client.post(
        f"/settings/memberships/{membership.pk}/change_role/", {"role": "manager"}, follow=True
    )
    assert "Ada is now Manager in Payments." in response.text
    membership.refresh_from_db()
    assert membership.role == Role.MANAGER
    assert announced() == [f"access:{user.pk}"]


def test_an_unknown_role_changes_nothing(client: Client, chief: User, team: Team) -> None:
    membership = join(make_user(), team, Role.VIEWER)
    response = client.post(
        f"/settings/memberships/{membership.pk}/change_role/", {"role": "owner"}, follow=True
    )
    assert "Choose one of the roles." in response.text
    membership.refresh_from_db()
    assert membership.role == Role.VIEWER


def test_remove(client: Client, chief: User, team: Team, announced: Callable[[], list[str]]) -> None:
    user = make_user()
    membership = join(user, team)
    response = client.post(f"/settings/memberships/{membership.pk}/remove/", follow=True)
    assert "Ada is no longer in Payments." in response.text
    assert user.memberships.count() == 0
    assert announced() == [f"access:{user.pk}"]


@pytest.mark.parametrize("verb", ["change_role", "remove"])
def test_refuses_get_a_manager_and_an_outsider(client: Client, team: Team, verb: str) -> None:
    membership = join(make_user(), team)
    manager, outsider = make_user("manager@example.test"), make_user("out@example.test")
    join(manager, team, Role.MANAGER)
    path = f"/settings/memberships/{membership.pk}/{verb}/"
    client.force_login(manager)
    assert (client.get(path).status_code, client.post(path, {"role": "admin"}).status_code) == (405, 403)
    client.force_login(outsider)
    assert client.post(path, {"role": "admin"}).status_code == 404
    assert Membership.objects.get(pk=membership.pk).role == Role.RESPONDER
