"""Deactivate and reactivate: access ends at once and everywhere, the last administrator stays."""

import threading
from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client

from accounts import people
from accounts.models import Role, User
from accounts.tokens import make_token
from tests.factories import PASSWORD, join, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client: Client) -> User:
    user = make_user("root@example.test", is_administrator=True)
    client.force_login(user)
    return user


def test_ends_access_everywhere_and_tells_open_pages(
    client: Client, root: User, announced: Callable[[], list[str]]
) -> None:
    user = make_user(password=PASSWORD)
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert elsewhere.get("/settings/").status_code == 200
    response = client.post(f"/settings/people/{user.pk}/deactivate/", follow=True)
    assert "Ada is deactivated and signed out everywhere." in response.text
    assert elsewhere.get("/settings/").status_code == 302
    assert UserSession.objects.filter(user=user).count() == 0
    assert set(announced()) == {f"access:{user.pk}"}


def test_reactivate_lets_them_in_with_what_they_had(client: Client, root: User) -> None:
    user = make_user(password=PASSWORD, is_active=False)
    join(user, make_team(), Role.MANAGER)
    client.post(f"/settings/people/{user.pk}/reactivate/")
    again = Client()
    assert again.post("/accounts/login/", {"login": user.email, "password": PASSWORD})["Location"] == "/"
    assert user.memberships.get().role == Role.MANAGER


def test_their_tokens_rest_meanwhile_and_the_page_says_that_they_come_back(
    client: Client, root: User
) -> None:
    """A script that runs as somebody stops with them; whoever lets them in again reads that it goes on."""
    user = make_user()
    _token, text = make_token(user, by=user, name="deploy", scopes=["read"])
    script = Client(headers={"Authorization": f"Bearer {text}"})
    page = f"/settings/people/{user.pk}/"
    found = []
    for deed in ("", "deactivate", "reactivate"):
        if deed:
            client.post(f"{page}{deed}/")
        found.append((script.get("/api/v1/me").status_code, "the tokens of before" in client.get(page).text))
    assert found == [(200, False), (401, True), (200, False)]


def test_nobody_deactivates_themselves(client: Client, root: User) -> None:
    assert client.post(f"/settings/people/{root.pk}/deactivate/").status_code == 403


def test_a_get_changes_nothing(client: Client, root: User) -> None:
    user = make_user()
    assert client.get(f"/settings/people/{user.pk}/deactivate/").status_code == 405
    user.refresh_from_db()
    assert user.is_active is True


def test_a_teams_admin_may_not(client: Client) -> None:
    team, user, chief = make_team(), make_user(), make_user("chief@example.test")
    join(user, team)
    join(chief, team, Role.ADMIN)
    client.force_login(chief)
    assert client.post(f"/settings/people/{user.pk}/deactivate/").status_code == 403


def test_an_outsider_does_not_learn_that_the_person_exists(client: Client) -> None:
    user = make_user()
    client.force_login(make_user("out@example.test"))
    assert client.post(f"/settings/people/{user.pk}/deactivate/").status_code == 404
    assert client.post("/settings/people/999999/deactivate/").status_code == 404


def test_the_last_administrator_cannot_be_deactivated(root: User) -> None:
    make_user("gone@example.test", is_administrator=True, is_active=False)
    with pytest.raises(people.LastAdministrator, match="Root is the only administrator"):
        people.deactivate(root, by=make_user())
    root.refresh_from_db()
    assert root.is_active is True


def test_the_last_administrator_stays_one_and_reads_why(client: Client, root: User) -> None:
    response = client.post(f"/settings/people/{root.pk}/demote/", follow=True)
    assert "Root is the only administrator. Make somebody else one first." in response.text
    root.refresh_from_db()
    assert root.is_administrator is True


def test_promote_and_demote(client: Client, root: User, announced: Callable[[], list[str]]) -> None:
    user = make_user()
    client.post(f"/settings/people/{user.pk}/promote/")
    user.refresh_from_db()
    assert user.is_administrator is True
    client.post(f"/settings/people/{user.pk}/demote/")
    user.refresh_from_db()
    assert user.is_administrator is False
    assert announced() == [f"access:{user.pk}"] * 2


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_deactivate_each_other_leave_one() -> None:
    ada = make_user("ada@example.test", is_administrator=True)
    bob = make_user("bob@example.test", is_administrator=True)
    barrier = threading.Barrier(2)

    def act(victim: int, by: User) -> None:
        user = User.objects.get(pk=victim)
        barrier.wait()
        try:
            people.deactivate(user, by=by)
        except people.LastAdministrator:
            pass
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=[ada.pk, bob]),
        threading.Thread(target=act, args=[bob.pk, ada]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.filter(is_active=True).count() == 1
