"""Change somebody's e-mail: for administrators; links to the old address die; an address belongs to one person."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import links
from accounts.models import Role, User
from tests.factories import PASSWORD, join, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client: Client) -> User:
    user = make_user("root@example.test", is_administrator=True)
    client.force_login(user)
    return user


def test_signs_in_with_the_new_one_only(
    client: Client, root: User, announced: Callable[[], list[str]]
) -> None:
    user = make_user("aad@example.test", password=PASSWORD)
    link = links.make_link(user, by=None)
    response = client.post(
        f"/settings/people/{user.pk}/change_email/", {"email": "Ada@Example.test"}, follow=True
    )
    assert "Aad signs in as ada@example.test now." in response.text
    assert announced() == [f"access:{user.pk}"]
    assert "This link no longer works" in Client().get(link.removeprefix("http://localhost:8000")).text
    facts = {"login": "aad@example.test", "password": PASSWORD}
    assert Client().post("/accounts/login/", facts).status_code == 200
    assert Client().post("/accounts/login/", {**facts, "login": "ada@example.test"}).status_code == 302


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("nobody", "Write a mail address, such as ada@example.org."),
        ("ROOT@example.test", "Somebody has this address already."),
    ],
)
def test_says_beside_the_field_what_is_wrong(client: Client, root: User, email: str, message: str) -> None:
    user = make_user()
    response = client.post(f"/settings/people/{user.pk}/change_email/", {"email": email})
    assert (response.status_code, response.context["form"].errors) == (422, {"email": [message]})
    user.refresh_from_db()
    assert user.email == "ada@example.test"


def test_a_teams_admin_may_not(client: Client) -> None:
    """An address decides where links go: changing it is becoming that person."""
    team, user, chief = make_team(), make_user(), make_user("chief@example.test")
    join(user, team)
    join(chief, team, Role.ADMIN)
    client.force_login(chief)
    assert (
        client.post(f"/settings/people/{user.pk}/change_email/", {"email": "x@example.test"}).status_code
        == 403
    )
