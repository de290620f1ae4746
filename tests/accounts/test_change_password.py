"""Change one's password: other devices are signed out, this one stays; one that somebody gave must be changed."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PAGE = "/accounts/password/change/"
NEW = "purple monday lantern"


def _form(old: str = PASSWORD, new: str = NEW, again: str = NEW, **more: str) -> dict[str, str]:
    return {"oldpassword": old, "password1": new, "password2": again, **more}


def test_other_devices_are_signed_out_and_this_one_stays(
    client: Client, announced: Callable[[], list[str]]
) -> None:
    user = make_user(password=PASSWORD)
    elsewhere = Client()
    elsewhere.force_login(user)
    client.force_login(user)
    assert client.post(PAGE, _form())["Location"] == "/settings/"
    assert client.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/")["Location"] == "/accounts/login/?next=/settings/"
    assert announced() == [f"access:{user.pk}"]
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize(
    ("form", "field", "message"),
    [
        (_form(old="wrong"), "oldpassword", "This is not your present password."),
        (_form(again="other"), "password2", "You must type the same password each time."),
        (
            _form(new=PASSWORD, again=PASSWORD),
            "password1",
            "Choose one that differs from the present password.",
        ),
        (
            _form(new="short", again="short"),
            "password1",
            "This password is too short. It must contain at least 10 characters.",
        ),
    ],
)
def test_says_beside_the_field_what_is_wrong(
    client: Client, form: dict[str, str], field: str, message: str
) -> None:
    user = make_user(password=PASSWORD)
    client.force_login(user)
    response = client.post(PAGE, form)
    assert response.context["form"].errors == {field: [message]}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_password_from_somebody_else_is_changed_before_anything(client: Client) -> None:
    user = make_user(password=PASSWORD, must_change_password=True)
    client.force_login(user)
    response = client.get("/settings/teams/?x=1")
    assert response["Location"] == f"{PAGE}?next=/settings/teams/%3Fx%3D1"
    assert "Choose your own password" in client.get(response["Location"]).text
    assert client.post("/settings/profile/", {"name": "Eve"}).status_code == 302
    assert client.post(PAGE, _form(next="/settings/teams/?x=1"))["Location"] == "/settings/teams/?x=1"
    assert client.get("/settings/").status_code == 200
    user.refresh_from_db()
    assert (user.must_change_password, user.name) == (False, "Ada")


def test_who_must_change_may_still_sign_out(client: Client) -> None:
    client.force_login(make_user(password=PASSWORD, must_change_password=True))
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"


def test_who_was_given_a_password_is_asked_for_that_one(client: Client) -> None:
    client.force_login(make_user("new@example.test", password=PASSWORD, must_change_password=True))
    assert "The one-time password you were given" in client.get(PAGE).text
    client.force_login(make_user("old@example.test", password=PASSWORD))
    assert "Present password" in client.get(PAGE).text


@pytest.mark.parametrize("new", ["  ümläut 🚨 Ⅷ  " * 12, "x y z " * 60])
def test_a_long_one_is_kept_as_it_was_typed(client: Client, new: str) -> None:
    """With its spaces at both ends, and signs in with nothing less."""
    user = make_user(password=PASSWORD)
    client.force_login(user)
    assert client.post(PAGE, _form(new=new, again=new))["Location"] == "/settings/"
    user.refresh_from_db()
    assert (user.check_password(new), user.check_password(new.strip()), user.check_password(new[:72])) == (
        True, False, False
    )  # fmt: skip
    sign_in = {"login": user.email, "password": new}
    assert Client().post("/accounts/login/", sign_in)["Location"] == "/"
