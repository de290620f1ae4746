"""The scheme of NIGHTDESK_URL decides about cookies, HSTS and the banner."""

from http.cookies import Morsel

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import known_devices
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BANNER = "This address has no TLS"


def flags(cookie: Morsel[str]) -> tuple[bool, bool, str, str, str]:
    return (
        bool(cookie["httponly"]),
        bool(cookie["secure"]),
        cookie["samesite"],
        cookie["path"],
        cookie["domain"],
    )


def sign_in(client: Client) -> None:
    user = make_user("ada@example.test")
    user.set_password("correct horse battery")
    user.save(update_fields=["password"])
    client.get("/accounts/login/")
    form = {"login": user.email, "password": "correct horse battery"}
    assert client.post("/accounts/login/", form).status_code == 302


def test_over_http_cookies_have_plain_names_and_no_script_reads_them(client: Client) -> None:
    sign_in(client)
    assert {name: flags(cookie) for name, cookie in client.cookies.items()} == {
        "sessionid": (True, False, "Lax", "/", ""),
        "csrftoken": (True, False, "Lax", "/", ""),
        known_devices.cookie("ada@example.test"): (True, False, "Lax", "/", ""),
    }


def as_https(settings: Settings) -> None:
    """What config/settings.py makes of https://…; tests/accounts/test_settings.py reads it from there."""
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600


def test_over_https_cookies_belong_to_this_host_alone(client: Client, settings: Settings) -> None:
    as_https(settings)
    sign_in(client)
    assert {name: flags(cookie) for name, cookie in client.cookies.items()} == {
        "__Host-sessionid": (True, True, "Lax", "/", ""),
        "__Host-csrftoken": (True, True, "Lax", "/", ""),
        known_devices.cookie("ada@example.test"): (True, True, "Lax", "/", ""),
    }


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/healthz", "/api/v1/incidents"])
def test_https_is_asked_for_on_every_answer_also_behind_a_proxy_nobody_named(
    client: Client, settings: Settings, path: str
) -> None:
    assert "Strict-Transport-Security" not in client.get(path).headers
    as_https(settings)
    assert client.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"
    assert client.get(path, secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("localhost:8000", False),
        ("127.0.0.1", False),
        ("[::1]:8000", False),
        ("nightdesk.localhost", False),
        ("192.168.1.5:8000", True),
        ("nightdesk.example.org", True),
        ("localhost.example.org", True),
        ("127.0.0.1.example.org", True),
    ],
)
def test_http_over_a_network_says_that_it_can_be_read(
    client: Client, settings: Settings, host: str, shown: bool
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert (BANNER in client.get("/accounts/login/", headers={"Host": host}).text) is shown
    client.force_login(make_user())
    assert (BANNER in client.get("/settings/profile/", headers={"Host": host}).text) is shown


def test_https_says_nothing(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    host = {"Host": "nightdesk.example.org"}
    assert BANNER not in client.get("/accounts/login/", headers=host, secure=True).text
    as_https(settings)
    assert BANNER not in client.get("/accounts/login/", headers=host).text
