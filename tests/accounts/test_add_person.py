"""Add a person: a one-time link, shown once and mailed when mail is set up; bad input beside its field."""

from collections.abc import Callable

import pytest
from django.core import mail as outbox
from django.test import Client
from pytest_django import Settings

from accounts import mail
from accounts.models import Role, Team, User
from tests.factories import join, make_team, make_user

pytestmark = pytest.mark.django_db
PAGE = "/settings/people/add/"


@pytest.fixture
def admin(client: Client) -> User:
    """A signed-in admin of the team "payments", not of the installation."""
    user = make_user("chief@example.test")
    join(user, make_team(), Role.ADMIN)
    client.force_login(user)
    return user


def _facts(**changed: object) -> dict[str, object]:
    team = Team.objects.get(slug="payments")
    return {"name": "Grace", "email": "Grace@Example.test", "team": team.pk, "role": "manager", **changed}


def test_adds_and_shows_the_link_once(
    client: Client, admin: User, announced: Callable[[], list[str]]
) -> None:
    response = client.post(PAGE, _facts())
    user = User.objects.get(email="grace@example.test")
    assert [(m.team.slug, m.role) for m in user.memberships.all()] == [("payments", Role.MANAGER)]
    assert (user.has_usable_password(), user.is_administrator) == (False, False)
    assert response.context["link"] in response.text
    assert "No mail was sent. Give the link to grace@example.test yourself." in response.text
    assert announced() == [f"access:{user.pk}"]


def test_the_link_lets_the_new_person_choose_a_password(client: Client, admin: User) -> None:
    link = client.post(PAGE, _facts()).context["link"]
    newcomer = Client()
    form = newcomer.get(link.removeprefix("http://localhost:8000"), follow=True)
    assert "For grace@example.test. You are signed in afterwards." in form.text
    new = {"password1": "purple monday lantern", "password2": "purple monday lantern"}
    newcomer.post(form.request["PATH_INFO"], new)
    assert newcomer.get("/settings/").status_code == 200


def test_mails_it_when_mail_is_set_up(client: Client, admin: User, settings: Settings) -> None:
    settings.MAIL_URL = "smtp://mail.example.test"
    response = client.post(PAGE, _facts(name="Grace & Co"))
    mail.wait()
    (message,) = outbox.outbox
    assert (message.to, message.subject) == (
        ["grace@example.test"],
        "[Nightdesk] Chief added you to Nightdesk",
    )
    assert response.context["link"] in message.body
    assert "Hello Grace & Co," in message.body
    assert "It is also on its way by mail to grace@example.test." in response.text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "nobody", "Write a mail address, such as ada@example.org."),
        ("email", "CHIEF@example.test", "Somebody has this address already."),
        ("name", "", "Fill this in."),
        ("name", "x" * 81, "At most 80 characters; these are 81. Shorten it."),
        (
            "name",
            "a\x07b",
            "This contains a control character (U+0007 at position 2). Remove it and send again.",
        ),
        ("name", "a\nb", "This must be one line."),
        ("role", "owner", "Choose one of those that are offered."),
        ("team", "999999999", "Choose one of those that are offered."),
    ],
)
def test_says_beside_the_field_what_is_wrong(
    client: Client, admin: User, field: str, value: str, message: str
) -> None:
    response = client.post(PAGE, _facts(**{field: value}))
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [message]}
    assert f'id="id_{field}_error"' in response.text
    assert User.objects.count() == 1


def test_a_name_that_is_markup_stays_text(client: Client, admin: User) -> None:
    response = client.post(PAGE, _facts(name="<img src=x onerror=alert(1)>"))
    assert "<img" not in response.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in response.text


def test_only_into_ones_own_teams(client: Client, admin: User) -> None:
    other = make_team("other")
    join(admin, other, Role.VIEWER)
    response = client.post(PAGE, _facts(team=other.pk))
    assert response.context["form"].errors == {"team": ["Choose one of those that are offered."]}


def test_a_manager_is_refused(client: Client) -> None:
    user = make_user()
    join(user, make_team(), Role.MANAGER)
    client.force_login(user)
    assert client.get(PAGE).status_code == 403
