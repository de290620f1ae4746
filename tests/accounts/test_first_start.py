"""The first start makes one administrator and one team, and says the password once."""

import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client

from accounts.first_start import ensure_administrator
from accounts.models import Role, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTDESK_ADMIN_EMAIL", raising=False)
    monkeypatch.delenv("NIGHTDESK_ADMIN_PASSWORD", raising=False)


def test_makes_a_one_time_password_that_must_be_changed(client: Client) -> None:
    told = ensure_administrator()
    assert told is not None
    user = User.objects.get()
    password = told.split("one-time password ")[1].split("\n")[0]
    assert (user.email, user.is_administrator, user.must_change_password) == ("admin@localhost", True, True)
    assert [(m.team.slug, m.team.name, m.role) for m in user.memberships.all()] == [
        ("operations", "Operations", Role.ADMIN)
    ]
    assert client.post("/accounts/login/", {"login": user.email, "password": password}).status_code == 302
    assert client.get("/settings/")["Location"] == "/accounts/password/change/?next=/settings/"


def test_takes_both_from_the_environment(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setenv("NIGHTDESK_ADMIN_EMAIL", "Root@Example.test")
    monkeypatch.setenv("NIGHTDESK_ADMIN_PASSWORD", "purple monday lantern")
    assert (
        ensure_administrator()
        == "Sign in as root@example.test with the password from NIGHTDESK_ADMIN_PASSWORD."
    )
    assert User.objects.get().must_change_password is False
    client.post("/accounts/login/", {"login": "root@example.test", "password": "purple monday lantern"})
    assert client.get("/settings/").status_code == 200


def test_says_and_makes_nothing_later() -> None:
    make_user()
    assert ensure_administrator() is None
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("NIGHTDESK_ADMIN_EMAIL", "root", "NIGHTDESK_ADMIN_EMAIL is not an e-mail address: 'root'"),
        (
            "NIGHTDESK_ADMIN_PASSWORD",
            "short",
            "NIGHTDESK_ADMIN_PASSWORD: This password is too short. It must contain at least 10 characters.",
        ),
    ],
)
def test_an_unusable_value_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        ensure_administrator()
    assert str(caught.value) == line
    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_one_administrator() -> None:
    told: list[str | None] = []

    def start(barrier: threading.Barrier) -> None:
        barrier.wait()
        told.append(ensure_administrator())
        connection.close()

    barrier = threading.Barrier(4)
    threads = [threading.Thread(target=start, args=[barrier]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.count() == 1
    assert sum(text is not None for text in told) == 1
