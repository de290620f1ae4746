"""Sign in: by e-mail and password, the same answer for whoever is unknown, limits on guessing."""

from http.cookies import Morsel

import pytest
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from accounts import known_devices
from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
MISMATCH = "E-mail and password do not match. Check both and try again."


def test_lets_in_with_email_and_password(client: Client) -> None:
    user = make_user(password=PASSWORD)
    response = client.post(LOGIN, {"login": "ada@example.test", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_takes_the_address_in_any_case_and_with_spaces(client: Client) -> None:
    make_user(password=PASSWORD)
    assert client.post(LOGIN, {"login": " ADA@Example.TEST ", "password": PASSWORD}).status_code == 302


def test_comes_back_to_the_page_that_asked(client: Client) -> None:
    make_user(password=PASSWORD)
    asked = client.get("/settings/teams/?x=1")
    assert asked["Location"] == "/accounts/login/?next=/settings/teams/%3Fx%3D1"
    assert (
        '<input type="hidden" name="next" value="/settings/teams/?x=1">' in client.get(asked["Location"]).text
    )
    response = client.post(
        LOGIN, {"login": "ada@example.test", "password": PASSWORD, "next": "/settings/teams/?x=1"}
    )
    assert response["Location"] == "/settings/teams/?x=1"


def test_never_comes_back_to_another_site(client: Client) -> None:
    make_user(password=PASSWORD)
    for target in (
        "https://evil.test/",
        "//evil.test/",
        "javascript:alert(1)",
        "http://localhost/",
        "http://127.0.0.1/",
    ):
        response = client.post(LOGIN, {"login": "ada@example.test", "password": PASSWORD, "next": target})
        assert response["Location"] == "/"
        client.logout()


def test_who_came_and_who_tried_is_on_record_and_nothing_that_was_typed(client: Client) -> None:
    user = make_user("ada@example.test", password=PASSWORD)
    with capture_logs() as log:
        for login, password in (
            ("ada@example.test", "wr0ng-w0rd"),
            ("typed-w0rd@example.test", "x"),
            (user.email, PASSWORD),
        ):
            client.post(LOGIN, {"login": login, "password": password}, REMOTE_ADDR="192.0.2.7")
        client.post("/accounts/logout/", REMOTE_ADDR="192.0.2.7")
    found = [(one["event"], one["user"], one["address"]) for one in log if "sign" in one["event"]]
    assert found == [
        ("accounts.sign_in_failed", user.pk, "192.0.2.7"),
        ("accounts.sign_in_failed", None, "192.0.2.7"),
        ("accounts.signed_in", user.pk, "192.0.2.7"),
        ("accounts.signed_out", user.pk, "192.0.2.7"),
    ]
    assert [word for word in ("w0rd", PASSWORD, "ada@example.test") if word in str(log)] == []


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client) -> None:
    make_user(password=PASSWORD)
    wrong = client.post(LOGIN, {"login": "ada@example.test", "password": "wrong"})
    unknown = client.post(LOGIN, {"login": "eve@example.test", "password": "wrong"})
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert (
        wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors() == [MISMATCH]
    )
    assert MISMATCH in wrong.text


def test_a_person_without_a_password_cannot_be_guessed(client: Client) -> None:
    make_user()
    response = client.post(LOGIN, {"login": "ada@example.test", "password": "!"})
    assert response.context["form"].non_field_errors() == [MISMATCH]


def test_five_wrong_passwords_close_the_door_for_a_while_even_to_the_right_one(client: Client) -> None:
    make_user(password=PASSWORD)
    for _ in range(5):
        client.post(LOGIN, {"login": "ada@example.test", "password": "wrong"})
    response = client.post(LOGIN, {"login": "ada@example.test", "password": PASSWORD})
    assert response.context["form"].non_field_errors() == [
        "Too many tries. Wait five minutes, then try again."
    ]
    assert "_auth_user_id" not in client.session


def _sign_in(
    client: Client, password: str, login: str = "ada@example.test", address: str = "192.0.2.1"
) -> bool:
    """Whether that lets them in."""
    given = {"login": login, "password": password}
    return client.post(LOGIN, given, REMOTE_ADDR=address).status_code == 302


def test_guessing_from_elsewhere_does_not_shut_out_who_has_signed_in_on_this_device(client: Client) -> None:
    make_user(password=PASSWORD)
    assert _sign_in(client, PASSWORD, "ADA@example.test")
    client.post("/accounts/logout/")
    stranger = Client()
    tried = [_sign_in(stranger, "wrong", address=f"198.51.100.{n}") for n in range(6)]
    assert (any(tried), _sign_in(stranger, PASSWORD, address="198.51.100.9")) == (False, False)
    assert _sign_in(client, PASSWORD)


def test_a_known_device_has_no_more_guesses_than_others_and_takes_none_from_them(client: Client) -> None:
    make_user(password=PASSWORD)
    assert _sign_in(client, PASSWORD)
    client.post("/accounts/logout/")
    for n in range(5):
        assert not _sign_in(client, "wrong", address=f"198.51.100.{n}")
    # Signing in elsewhere, or with the same device's number again, does not begin a new count here.
    assert _sign_in(Client(), PASSWORD)
    assert not _sign_in(client, PASSWORD)


def test_the_cookie_of_a_known_device_is_for_one_person_and_signed(client: Client) -> None:
    make_user(password=PASSWORD)
    make_user("ben@example.test", password=PASSWORD)
    assert _sign_in(client, PASSWORD)
    client.post("/accounts/logout/")
    assert _sign_in(client, PASSWORD, "ben@example.test")
    ada, ben = (cookie for name, cookie in client.cookies.items() if name.startswith("device-"))
    assert (ada["httponly"], ada["samesite"], "ada" in f"{ada}", ada.key == ben.key) == (
        True,
        "Lax",
        False,
        False,
    )
    for brought, login in (
        (ada.value, "ada@example.test"),
        (ada.value, "ADA@example.test"),
        (ben.value, "ada@example.test"),
        *(
            (forged, "ada@example.test")
            for forged in ("", ".", "x", f"x.{ada.value.partition('.')[2]}", "é.é")
        ),
    ):
        request = RequestFactory().post(LOGIN)
        request.COOKIES[ada.key] = brought
        assert bool(known_devices.number(request, login)) == (brought == ada.value)


def test_tries_from_one_ipv6_network_are_one_visitors(client: Client) -> None:
    """Whoever has a connection has 2^64 addresses."""
    make_user(password=PASSWORD)
    for n in range(10):
        assert not _sign_in(client, "wrong", f"nobody{n}@example.test", f"2001:db8:7::{n + 1:x}")
    assert not _sign_in(client, PASSWORD, address="2001:db8:7::ffff:1")
    assert _sign_in(client, PASSWORD, address="2001:db8:8::1")


def test_a_deactivated_person_is_told_so_only_with_the_right_password(client: Client) -> None:
    make_user(password=PASSWORD, is_active=False)
    wrong = client.post(LOGIN, {"login": "ada@example.test", "password": "wrong"})
    right = client.post(LOGIN, {"login": "ada@example.test", "password": PASSWORD})
    assert wrong.context["form"].non_field_errors() == [MISMATCH]
    assert right["Location"] == "/accounts/inactive/"
    assert "This account is switched off" in client.get("/accounts/inactive/").text


def _session_cookie(client: Client) -> Morsel[str]:
    return client.cookies["sessionid"]


def test_stays_signed_in_for_thirty_days_when_asked_to(client: Client) -> None:
    make_user(password=PASSWORD)
    client.post(LOGIN, {"login": "ada@example.test", "password": PASSWORD, "remember": "on"})
    cookie = _session_cookie(client)
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (30 * 24 * 3600, True, "Lax")


def test_else_until_the_browser_closes(client: Client) -> None:
    make_user(password=PASSWORD)
    client.post(LOGIN, {"login": "ada@example.test", "password": PASSWORD})
    assert _session_cookie(client)["max-age"] == ""


def test_the_page_suits_a_phone_and_a_password_manager(client: Client) -> None:
    text = client.get(LOGIN).text
    for wanted in (
        'type="email"',
        'autocomplete="username"',
        'inputmode="email"',
        "autofocus",
        'autocomplete="current-password"',
        'name="remember" id="id_remember" checked',
    ):
        assert wanted in text
    assert "style=" not in text
    assert "placeholder" not in text


def test_an_empty_form_says_what_is_missing_beside_each_field(client: Client) -> None:
    text = client.post(LOGIN, {}).text
    assert 'id="id_login_error">Fill this in.' in text
    assert 'id="id_password_error">Fill this in.' in text


def test_nul_in_either_field_is_a_message_not_a_crash(client: Client) -> None:
    response = client.post(LOGIN, {"login": "a\x00@example.test", "password": "\x00"})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"login", "password"}


def test_a_new_session_key_at_sign_in(client: Client) -> None:
    """Session fixation: what a stranger planted before is worth nothing afterwards."""
    make_user(password=PASSWORD)
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before or ""
    client.post(LOGIN, {"login": "ada@example.test", "password": PASSWORD})
    assert client.session.session_key != before


def test_addresses_are_one_whatever_their_case() -> None:
    from django.db import IntegrityError

    make_user("ada@example.test")
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="Ada@Example.test", name="Other")])
