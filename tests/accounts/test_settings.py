"""What the environment decides: cookie names, mail, hashing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config.environment.mailers import mailers
from tests.factories import make_user

SCRIPT = """
import json
from config import settings as s
names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
         "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_AGE")
print(json.dumps({name: getattr(s, name, None) for name in names}))
"""


def _settings_for(url: str) -> dict[str, object]:
    environment = {"PATH": os.environ["PATH"], "NIGHTDESK_URL": url, "SECRET_KEY": "x" * 50}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_https_makes_host_cookies() -> None:
    assert _settings_for("https://nightdesk.example.test") == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": 30 * 24 * 3600,
    }


def test_http_keeps_plain_names() -> None:
    found = _settings_for("http://localhost:8000")
    assert (found["SESSION_COOKIE_NAME"], found["SESSION_COOKIE_SECURE"]) == (None, False)


def test_only_two_cookies_are_ever_set(client: Client, db: None) -> None:
    """So that two names are all that https has to guard: messages live in the session."""
    client.force_login(make_user())
    client.get("/accounts/login/")
    client.post("/settings/profile/", {"name": "Ada", "time_zone": ""})
    client.get("/settings/profile/")
    assert set(client.cookies) == {"sessionid", "csrftoken"}


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://mail.test", {"host": "mail.test", "port": 25, "use_tls": False, "use_ssl": False}),
        ("smtp://mail.test?tls", {"host": "mail.test", "port": 587, "use_tls": True, "use_ssl": False}),
        ("smtps://mail.test", {"host": "mail.test", "port": 465, "use_tls": False, "use_ssl": True}),
        (
            "smtp://mail.test:2525?tls=1",
            {"host": "mail.test", "port": 2525, "use_tls": True, "use_ssl": False},
        ),
    ],
)
def test_mail_url(url: str, options: dict[str, object]) -> None:
    found = mailers(url)["default"]
    assert found["BACKEND"] == "network.mail.Bounded"
    assert found["OPTIONS"] == {**options, "username": "", "password": "", "timeout": 10}


def test_mail_url_with_a_quoted_password() -> None:
    options = mailers("smtp://ada%40x:p%2Fw%3A@mail.test")["default"]["OPTIONS"]
    assert (options["username"], options["password"]) == ("ada@x", "p/w:")


def test_without_mail_url_nothing_is_sent() -> None:
    assert mailers("") == {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("http://mail.test", "MAIL_URL must start with smtp:// or smtps://, not http://"),
        ("mail.test", "MAIL_URL must start with smtp:// or smtps://, not ?://"),
        ("smtp://", "MAIL_URL names no host: smtp://user:password@mail.example.org:587?tls"),
        ("smtp://u:secret@mail.test:x", "MAIL_URL has a port that is not a number from 0 to 65535"),
        ("smtp://mail.test?ssl", "MAIL_URL has an unknown option ssl; only ?tls is known"),
        ("smtps://mail.test?tls", "MAIL_URL: smtps:// is TLS from the start; leave ?tls out"),
    ],
)
def test_a_bad_mail_url_is_one_clear_line(url: str, line: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        mailers(url)
    assert str(caught.value) == line


def test_rate_limits_are_kept_in_the_database() -> None:
    assert settings.CACHES["default"]["BACKEND"] == "config.database.cache.Cache"
