"""One-time links: work once, expire, end with a newer one; only administrators make them for who exists."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts import links
from accounts.models import Role
from tests.factories import PASSWORD, join, make_team, make_user

pytestmark = pytest.mark.django_db
NEW = "purple monday lantern"


def _path(link: str) -> str:
    return link.removeprefix("http://localhost:8000")


def _use(link: str) -> tuple[Client, int]:
    """Opens the link in a fresh browser and chooses a password; 302 = signed in, 200 = refused."""
    client = Client()
    form = client.get(_path(link), follow=True)
    return client, client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW}).status_code


def test_works_once_and_signs_in() -> None:
    user = make_user()
    link = links.make_link(user, by=None)
    client, status = _use(link)
    assert (status, client.session["_auth_user_id"]) == (302, str(user.pk))
    assert "This link no longer works" in Client().get(_path(link)).text


def test_the_key_leaves_the_address_before_the_form_is_shown(client: Client) -> None:
    link = links.make_link(make_user(), by=None)
    assert client.get(_path(link))["Location"].endswith("-set-password/")


def test_expires(settings: Settings) -> None:
    link = links.make_link(make_user(), by=None)
    with time_machine.travel(timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)):
        assert "This link no longer works" in Client().get(_path(link)).text


def test_a_newer_link_ends_the_older() -> None:
    user = make_user()
    older, newer = links.make_link(user, by=None), links.make_link(user, by=None)
    assert "This link no longer works" in Client().get(_path(older)).text
    assert _use(newer)[1] == 302


def test_of_a_deactivated_person_does_nothing() -> None:
    user = make_user()
    link = links.make_link(user, by=None)
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert "This link no longer works" in Client().get(_path(link)).text


def test_using_it_signs_the_person_out_elsewhere(client: Client) -> None:
    user = make_user(password=PASSWORD)
    client.force_login(user)
    assert _use(links.make_link(user, by=None))[1] == 302
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize("path", ["1-x", "zzzzzzzzzzzzzzzzzz-abc-def", "0-set-password", "1-%00"])
def test_a_made_up_link_is_refused_without_a_crash(client: Client, path: str) -> None:
    make_user()
    response = client.get(f"/accounts/password/reset/key/{path}/")
    assert response.status_code == 200
    assert "This link no longer works" in response.text


def test_an_administrator_makes_one_and_sees_it_once(client: Client) -> None:
    user = make_user()
    client.force_login(make_user("root@example.test", is_administrator=True))
    response = client.post(f"/settings/people/{user.pk}/make_link/")
    assert "This link is shown only now." in response.text
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert _use(response.context["link"])[1] == 302
    assert client.get(f"/settings/people/{user.pk}/make_link/").status_code == 405


def test_a_teams_admin_may_not_become_somebody_else_by_a_link(client: Client) -> None:
    team, user, chief = make_team(), make_user(), make_user("chief@example.test")
    join(user, team)
    join(chief, team, Role.ADMIN)
    client.force_login(chief)
    assert client.post(f"/settings/people/{user.pk}/make_link/").status_code == 403


def test_reset_prints_one(capsys: pytest.CaptureFixture[str]) -> None:
    make_user()
    call_command("reset", "Ada@example.test")
    printed = capsys.readouterr()
    assert printed.err == "Works once, within 72 hours.\n"
    assert _use(printed.out.splitlines()[-1])[1] == 302


def test_reset_names_what_is_wrong() -> None:
    make_user(is_active=False)
    with pytest.raises(CommandError, match=r"Nobody here has the address eve@example\.test\."):
        call_command("reset", "eve@example.test")
    with pytest.raises(CommandError, match="Ada is deactivated"):
        call_command("reset", "ada@example.test")
